"""How a client is set up: every argument that both clients take, checked before anything is opened."""

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike, environ
from typing import TYPE_CHECKING, Union

from talon_client.call import Call
from talon_client.config import (
    Secret,
    check_base_url,
    check_key,
    check_limits,
    check_proxy,
)
from talon_client.engine import Policy
from talon_client.errors import ConfigError

if TYPE_CHECKING:
    import ssl

Predicate = Callable[[Call[object]], bool | str]
"""True allows; False, or a text that says why, refuses."""

TLS = Union["ssl.SSLContext", str, PathLike[str]]
"""A context of your own, or the file that holds the certificates (PEM) of those to be trusted."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a client was told, checked."""

    base_url: str
    key: Secret
    policy: Policy
    max_in_flight: int
    proxy: Secret | None
    tls: TLS | None


def check_settings(
    base_url: str,
    key: Secret,
    policy: Policy,
    max_in_flight: int,
    proxy: Secret | None,
    tls: TLS | None,
    own_http: bool,
) -> Settings:
    """The settings, or a `ConfigError` that says what to change. `own_http`: the caller brings the httpx client."""
    check_limits(policy.timeout, policy.deadline, policy.attempts, max_in_flight)
    if own_http and (proxy is not None or tls is not None):
        raise ConfigError("http is a client of your own: set proxy and TLS there, not here")
    if isinstance(tls, str) and not tls:
        raise ConfigError("tls is empty: give the path of a file of certificates, or leave it out")
    if isinstance(tls, bool):
        raise ConfigError(
            "tls must be an SSLContext or the path of a file of certificates; it cannot be switched off"
        )
    if proxy is not None:
        check_proxy(proxy)
    return Settings(check_base_url(base_url), check_key(key), policy, max_in_flight, proxy, tls)


def from_environment() -> tuple[str, Secret]:
    """`TALON_BASE_URL` and `TALON_API_KEY`; `ConfigError` names the one that is missing."""
    for name in ("TALON_BASE_URL", "TALON_API_KEY"):
        if not environ.get(name):
            raise ConfigError(f"{name} is not set")
    return environ["TALON_BASE_URL"], Secret(environ["TALON_API_KEY"])
