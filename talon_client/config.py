"""What a client needs to know, checked before anything is sent."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from talon_client.errors import ConfigError

PREFIX = "ApiKey-v1"


class Secret:
    """Holds a key so that no `repr`, log, traceback with locals or pickle shows it."""

    __slots__ = ("_reveal",)

    def __init__(self, value: str) -> None:
        self._reveal = lambda: value

    def reveal(self) -> str:
        """The key itself: only for the header of a request."""
        return self._reveal()

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a key is never pickled")


def check_key(api_key: str) -> Secret:
    """The key, or a `ConfigError` that says what is wrong with it (and never shows it)."""
    if not isinstance(api_key, str) or not api_key.strip():
        raise ConfigError("the API key is empty: set TALON_API_KEY to a key of an Application")
    if any(character in api_key for character in "\r\n\0"):
        raise ConfigError("the API key holds a line break: copy it again, without the end of the line")
    if api_key != api_key.strip():
        raise ConfigError("the API key begins or ends with a space: copy it again")
    if api_key.lower().startswith(PREFIX.lower()):
        raise ConfigError(f"the API key begins with {PREFIX}: leave the prefix out, it is added")
    if not api_key.isascii():
        raise ConfigError("the API key holds a character that is not ASCII: copy it again")
    return Secret(api_key)


def check_base_url(base_url: str) -> str:
    """The base URL without a closing slash, or a `ConfigError` that says what to change."""
    parts = _split(base_url)
    if parts.scheme not in ("http", "https"):
        raise ConfigError("the base URL needs a scheme, like https://yourbaseurl.talon.one")
    if not parts.hostname:
        raise ConfigError("the base URL names no host")
    if parts.username is not None or parts.password is not None:
        raise ConfigError("the base URL holds a user name or password: leave them out")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ConfigError("the base URL must end after the host: leave the path and query out")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ConfigError("the base URL is plain http to another machine: use https")
    return base_url.rstrip("/")


def _split(base_url: str) -> SplitResult:
    if not isinstance(base_url, str) or not base_url.strip():
        raise ConfigError("the base URL is empty: set TALON_BASE_URL, like https://yourbaseurl.talon.one")
    try:
        parts = urlsplit(base_url)
        parts.port  # noqa: B018  a port that is no number raises here
    except ValueError:
        raise ConfigError("the base URL cannot be read: check host and port") from None
    return parts


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
