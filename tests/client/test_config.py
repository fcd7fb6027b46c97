"""Configuration: what cannot work is refused at once, in words, without showing the key."""

import pytest

from talon_client import ConfigError, TalonClient
from talon_client.config import Secret, is_loopback
from tests.client.help import KEY

URL = "https://shop.talon.one"


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
def test_keys_that_cannot_work(key: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        TalonClient(URL, key)
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
        ("http://localhost.example.com", "plain http"),
        ("http://127.0.0.1.example.com", "plain http"),
    ],
)
def test_base_urls_that_cannot_work(url: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        TalonClient(url, KEY)
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
    ],
)
def test_base_urls_that_work(url: str, shown: str) -> None:
    with TalonClient(url, KEY) as client:
        assert repr(client) == f"<TalonClient {shown}>"


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
    ],
)
def test_limits_that_cannot_work(options: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="must be"):
        TalonClient(URL, KEY, **options)  # type: ignore[arg-type]


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="TALON_BASE_URL is not set"):
        TalonClient.from_env()
    monkeypatch.setenv("TALON_BASE_URL", URL)
    with pytest.raises(ConfigError, match="TALON_API_KEY is not set"):
        TalonClient.from_env()
    monkeypatch.setenv("TALON_API_KEY", KEY + "\n")
    with pytest.raises(ConfigError, match="line break"):
        TalonClient.from_env()
    monkeypatch.setenv("TALON_API_KEY", KEY)
    with TalonClient.from_env() as client:
        assert repr(client) == f"<TalonClient {URL}>"


def test_a_secret_shows_itself_to_nobody_but_the_one_who_asks() -> None:
    secret = Secret(KEY)
    assert secret.reveal() == KEY
    assert KEY not in f"{secret} {secret!r} {secret:}"


@pytest.mark.parametrize(
    ("host", "loopback"), [("localhost", True), ("::1", True), ("::2", False), ("x", False)]
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
