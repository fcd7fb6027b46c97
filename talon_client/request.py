"""From a call to what goes over the wire: URL, headers, body."""

from dataclasses import dataclass
from urllib.parse import quote_plus

from talon_client.call import Call
from talon_client.config import PREFIX, Secret


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request with its secrets in place; lives only as long as its call."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None

    def __repr__(self) -> str:
        return f"<Prepared {self.method}>"


def url_of(base_url: str, call: Call[object]) -> str:
    """The whole URL. The path is quoted already, the query is quoted here."""
    query = "&".join(f"{name}={quote_plus(value)}" for name, value in call.query)
    return f"{base_url}{call.path}{'?' + query if query else ''}"


def headers_of(call: Call[object]) -> tuple[tuple[str, str], ...]:
    """The headers that say something about the call; never the key."""
    headers = [("Accept", "application/json")]
    if call.content is not None:
        headers.append(("Content-Type", "application/json"))
    # Never on a dry run: the API would replay its answer when the real write comes with the same key.
    if call.idempotency_key is not None and call.safety.takes_key:
        headers.append(("Idempotency-Key", call.idempotency_key))
    return tuple(headers)


def prepare(base_url: str, key: Secret, call: Call[object]) -> Prepared:
    """The request of a call, the same for all its attempts."""
    return Prepared(
        method=call.operation.method,
        url=url_of(base_url, call),
        headers=(
            ("Authorization", f"{PREFIX} {key.reveal()}"),
            ("User-Agent", "talon-client"),
            ("Accept-Encoding", "gzip, deflate"),
            *headers_of(call),
        ),
        content=call.content,
    )
