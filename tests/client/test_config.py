"""Configuration: what cannot work is refused at once, in words, without showing the key."""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talon_client import AsyncTalonClient, ConfigError, TalonClient
from talon_client.config import Secret, is_loopback
from tests.client.help import CUSTOMER, KEY, everything_about

URL = "https://shop.talon.one"
BOTH = pytest.mark.parametrize("kind", [TalonClient, AsyncTalonClient])
Kind = type[TalonClient] | type[AsyncTalonClient]


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "empty"),
        ("  ", "empty"),
        (None, "empty"),
        (f"{KEY}\n", "line break"),
        (f"{KEY[:5]}\r\nX-Evil: 1", "line break"),
        (f"{KEY}\0", "line break"),
        (f" {KEY}", "begins or ends with a space"),
        (f"{KEY}\t", "begins or ends with a space"),
        (f"{KEY[:5]} {KEY[5:]}", "a space or a character"),
        (f"{KEY}é", "a space or a character"),
        (f"{KEY}\x1b", "a space or a character"),
        (f"{KEY}\udcff", "a space or a character"),
        (f"ApiKey-v1 {KEY}", "leave the prefix out"),
        (f"apikey-v1{KEY}", "leave the prefix out"),
    ],
)
@BOTH
def test_keys_that_cannot_work(kind: Kind, key: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        kind(URL, key)
    assert KEY[:5] not in str(caught.value) + repr(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "empty"),
        (" ", "empty"),
        (None, "empty"),
        ("shop.talon.one", "scheme"),
        ("//shop.talon.one", "scheme"),
        ("ftp://shop.talon.one", "scheme"),
        ("https://", "no host"),
        ("https:///v1", "no host"),
        ("https://shop.talon.one/v1", "end after the host"),
        ("https://shop.talon.one//", "end after the host"),
        ("https://shop.talon.one?a=b", "end after the host"),
        ("https://shop.talon.one?", "end after the host"),
        ("https://shop.talon.one/#", "end after the host"),
        ("https://user:secret@shop.talon.one", "user name or password"),
        ("https://@shop.talon.one", "user name or password"),
        ("https://shop.talon.one:port", "cannot be read"),
        ("https://shop.talon.one:99999", "cannot be read"),
        ("https://[::1", "cannot be read"),
        (" https://shop.talon.one", "space or line break"),
        ("https://shop.talon.one\n", "space or line break"),
        ("https://shop.ta\nlon.one", "space or line break"),
        ("https://shop talon.one", "space or line break"),
        ("https://shop.talon.one\x7f", "space or line break"),
        ("https://shöp.talon.one", "neither a name"),
        ("https://shop..talon.one", "neither a name"),
        ("https://-shop.talon.one", "neither a name"),
        ("https://" + "a" * 64 + ".one", "neither a name"),
        ("https://" + ".".join(["a" * 60] * 5), "neither a name"),
        ("https://shop.talon.one%2Fv1", "neither a name"),
        ("https://shop.talon.one\\v1", "neither a name"),
        ("http://shop.talon.one", "plain http"),
        ("http://192.168.0.1", "plain http"),
        ("http://0.0.0.0", "plain http"),
        ("HTTP://[::2]", "plain http"),
        ("http://[::ffff:192.168.0.1]", "plain http"),
        ("http://localhost.example.com", "plain http"),
        ("http://127.0.0.1.example.com", "plain http"),
    ],
)
@BOTH
def test_base_urls_that_cannot_work(kind: Kind, url: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        kind(url, KEY)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (URL, URL),
        (URL + "/", URL),
        ("HTTPS://Shop.Talon.one:8443", "https://Shop.Talon.one:8443"),
        ("https://10.0.0.1", "https://10.0.0.1"),
        ("http://localhost:8787/", "http://localhost:8787"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("HTTP://[::1]/", "http://[::1]"),
        ("HTTP://LOCALHOST/", "http://LOCALHOST"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
@BOTH
def test_base_urls_that_work(kind: Kind, url: str, shown: str) -> None:
    assert repr(kind(url, KEY)) == f"<{kind.__name__} {shown}>"


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": float("nan")},
        {"timeout": float("inf")},
        {"deadline": 0},
        {"deadline": float("nan")},
        {"deadline": 1e12},
        {"attempts": 0},
        {"max_in_flight": 0},
        {"max_in_flight": 1.5},
        {"attempts": 2.0},
        {"timeout": "10"},
    ],
)
@BOTH
def test_limits_that_cannot_work(kind: Kind, options: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="must be"):
        kind(URL, KEY, **options)  # type: ignore[arg-type]


@BOTH
def test_from_the_environment(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="TALON_BASE_URL is not set"):
        kind.from_env()
    monkeypatch.setenv("TALON_BASE_URL", URL)
    with pytest.raises(ConfigError, match="TALON_API_KEY is not set"):
        kind.from_env()
    monkeypatch.setenv("TALON_API_KEY", KEY + "\n")
    with pytest.raises(ConfigError, match="line break") as caught:
        kind.from_env()
    assert KEY not in everything_about(caught.value)
    monkeypatch.setenv("TALON_API_KEY", KEY)
    assert repr(kind.from_env()) == f"<{kind.__name__} {URL}>"


@BOTH
def test_from_the_environment_the_rest_may_be_given(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALON_BASE_URL", URL)
    monkeypatch.setenv("TALON_API_KEY", KEY)
    client = kind.from_env(timeout=1.0, deadline=2.0, attempts=1, max_in_flight=3, idempotency_keys=True)
    policy = client._core.policy
    assert (policy.timeout, policy.deadline, policy.attempts, policy.idempotency_keys) == (1.0, 2.0, 1, True)
    assert client._core.look_ahead == 3
    with pytest.raises(ConfigError, match="http must be an httpx") as caught:
        kind.from_env(http=object())  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="the proxy") as caught:
        kind.from_env(proxy=f"ftp://u:{CUSTOMER}@proxy:1")
    assert CUSTOMER not in everything_about(caught.value)


@BOTH
def test_from_the_environment_takes_what_the_constructor_takes(kind: Kind) -> None:
    made, from_env = inspect.signature(kind), inspect.signature(kind.from_env)
    assert list(from_env.parameters.values()) == list(made.parameters.values())[2:]
    other = AsyncTalonClient if kind is TalonClient else TalonClient
    assert list(made.parameters) == list(inspect.signature(other).parameters)


def test_a_secret_shows_itself_to_nobody_but_the_one_who_asks() -> None:
    secret = Secret(KEY)
    assert secret.reveal() == KEY
    assert KEY not in f"{secret} {secret!r} {secret:}"


@pytest.mark.parametrize(
    ("host", "loopback"), [("localhost", True), ("::1", True), ("::2", False), ("x", False)]
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@given(st.text())
def test_no_configuration_error_repeats_the_key(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TalonClient("http://localhost:1", f"{CUSTOMER} {key}")
    assert CUSTOMER not in everything_about(caught.value)
