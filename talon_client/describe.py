"""What a call would send, for people: method, URL, headers without the key, body, and a cURL line."""

import json
import shlex
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Description:
    """A request as it would be sent. `curl` reads the key from `$TALON_API_KEY`, so it can be pasted."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    curl: str


def describe(
    method: str, url: str, headers: tuple[tuple[str, str], ...], content: bytes | None
) -> Description:
    """Describes a request whose headers hold no key yet."""
    body = None if content is None else json.dumps(json.loads(content), indent=2, ensure_ascii=False)
    parts = ["curl", "--request", method, shlex.quote(url)]
    parts += ["--header", '"Authorization: ApiKey-v1 $TALON_API_KEY"']
    for name, value in headers:
        parts += ["--header", shlex.quote(f"{name}: {value}")]
    if content is not None:
        parts += ["--data-raw", shlex.quote(content.decode())]
    shown = (("Authorization", "ApiKey-v1 ***"), *headers)
    return Description(method, url, shown, body, " ".join(parts))
