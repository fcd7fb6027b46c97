"""What a client needs to know, checked before anything is sent."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from talon_client.errors import ConfigError

PREFIX = "ApiKey-v1"
LONGEST_WAIT = 86_400.0

_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?")


class Secret:
    """Holds a key, or a URL with a password, so that no `repr`, log, traceback with locals or pickle shows it."""

    __slots__ = ("_reveal",)

    def __init__(self, value: str) -> None:
        def reveal() -> str:
            return value

        self._reveal = reveal

    @classmethod
    def of(cls, value: "str | Secret") -> "Secret":
        """The value as a secret, whichever it is."""
        return value if isinstance(value, Secret) else cls(value)

    def reveal(self) -> str:
        """The secret itself: only for the one place that sends it."""
        return self._reveal()

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a key is never pickled")


def check_key(key: Secret) -> Secret:
    """The key, or a `ConfigError` that says what is wrong with it.

    It takes a `Secret`, so that the frames of that error do not hold the key.
    """
    wrong = _wrong_with(key.reveal())
    if wrong is not None:
        raise ConfigError(f"the API key {wrong}")
    return key


def _wrong_with(api_key: object) -> str | None:
    if not isinstance(api_key, str) or not api_key.strip():
        return "is empty: set TALON_API_KEY to a key of an Application"
    if any(character in api_key for character in "\r\n\0"):
        return "holds a line break: copy it again, without the end of the line"
    if api_key != api_key.strip():
        return "begins or ends with a space: copy it again"
    if api_key.lower().startswith(PREFIX.lower()):
        return f"begins with {PREFIX}: leave the prefix out, it is added"
    if not all("!" <= character <= "~" for character in api_key):
        return "holds a space or a character that no key has: copy it again"
    return None


def check_base_url(base_url: str) -> str:
    """Scheme, host and port as one text, or a `ConfigError` that says what to change."""
    parts = _split(base_url)
    if parts.scheme not in ("http", "https"):
        raise ConfigError("the base URL needs a scheme, like https://yourbaseurl.talon.one")
    if not parts.hostname:
        raise ConfigError("the base URL names no host")
    if parts.username is not None or parts.password is not None:
        raise ConfigError("the base URL holds a user name or password: leave them out")
    if parts.path not in ("", "/") or "?" in base_url or "#" in base_url:
        raise ConfigError("the base URL must end after the host: leave the path and query out")
    if not _is_host(parts.hostname):
        raise ConfigError("the base URL's host is neither a name (ASCII, as in xn--...) nor an address")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ConfigError("the base URL is plain http to another machine: use https")
    return f"{parts.scheme}://{parts.netloc}"


def check_limits(timeout: float, deadline: float, attempts: int, max_in_flight: int) -> None:
    """A `ConfigError` unless a call is bounded in time and can be made at all."""
    if not all(isinstance(value, int | float) for value in (timeout, deadline)):
        raise ConfigError("timeout and deadline must be seconds")
    # Written so that what is not a number fails too.
    if not (0 < timeout <= LONGEST_WAIT and 0 < deadline <= LONGEST_WAIT):
        raise ConfigError("timeout and deadline must be positive seconds, at most a day")
    if not all(isinstance(value, int) and value >= 1 for value in (attempts, max_in_flight)):
        raise ConfigError("attempts and max_in_flight must be whole numbers of at least 1")


def check_proxy(proxy: Secret) -> Secret:
    """The proxy's URL, or a `ConfigError` that says what is wrong with it and repeats nothing of it: it may hold a
    password."""
    wrong = _wrong_with_proxy(proxy.reveal())
    if wrong is not None:
        raise ConfigError(f"the proxy {wrong}")
    return proxy


def _wrong_with_proxy(proxy: object) -> str | None:
    if not isinstance(proxy, str) or not proxy:
        return "is empty: give its URL, like http://proxy.example:3128, or leave it out"
    parts = _try_split(proxy)
    if parts is None or any(character.isspace() or not character.isprintable() for character in proxy):
        return "cannot be read: check its host and port, leave spaces out, quote special characters of a password"
    if parts.scheme not in ("http", "https", "socks5", "socks5h"):
        return "needs a scheme: http, https, socks5 or socks5h"
    if not parts.hostname or not _is_host(parts.hostname):
        return "names no host: its URL is like http://proxy.example:3128"
    if parts.path not in ("", "/") or "?" in proxy or "#" in proxy:
        return "must end after host and port; quote special characters of the password"
    return None


def _split(base_url: str) -> SplitResult:
    if not isinstance(base_url, str) or not base_url.strip():
        raise ConfigError("the base URL is empty: set TALON_BASE_URL, like https://yourbaseurl.talon.one")
    if any(character.isspace() or not character.isprintable() for character in base_url):
        raise ConfigError("the base URL holds a space or line break: copy it again")
    parts = _try_split(base_url)
    if parts is None:
        raise ConfigError("the base URL cannot be read: check host and port")
    return parts


def _try_split(base_url: str) -> SplitResult | None:
    # Apart, so that the error raised above has no context: that one quotes the URL.
    try:
        parts = urlsplit(base_url)
        parts.port  # noqa: B018  a port that is no number raises here
    except ValueError:
        return None
    return parts


def _is_host(host: str) -> bool:
    return len(host) <= 253 and (_HOST_NAME.fullmatch(host) is not None or _address(host) is not None)


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be this machine."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
