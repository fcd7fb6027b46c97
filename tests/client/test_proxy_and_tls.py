"""Proxies and TLS: as told or as the environment says; what cannot work is refused, and no password is shown."""

import base64
import gc
import socket
import ssl
from pathlib import Path
from typing import Any

import certifi
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talon_client import AsyncTalonClient, ConfigError, TalonClient, Timeout, TransportError, connections
from tests.client.both import open_client, open_http
from tests.client.help import KEY, READ, UNSAFE, Shop, everything_about, ok, raw_server, read_request

URL = "https://shop.talon.one"
PASSWORD = "marker-of-a-password"

pytestmark = pytest.mark.usefixtures("driver")


@pytest.mark.parametrize(
    ("proxy", "says"),
    [
        ("", "empty"),
        (3128, "empty"),
        (f"proxy:{PASSWORD}", "needs a scheme"),
        (f"//u:{PASSWORD}@proxy:3128", "needs a scheme"),
        (f"ftp://u:{PASSWORD}@proxy:3128", "needs a scheme"),
        (f"http://u:{PASSWORD}@", "names no host"),
        (f"http://u:{PASSWORD}@pröxy", "names no host"),
        (f"http://u:{PASSWORD}/@proxy:3128", "cannot be read"),
        (f"http://u:#{PASSWORD}@proxy:3128", "cannot be read|must end after"),
        (f"http://u:{PASSWORD}@proxy:port", "cannot be read"),
        (f"http://u:{PASSWORD}@proxy:99999", "cannot be read"),
        (f"http://u:{PASSWORD} x@proxy:3128", "cannot be read"),
        (f"http://u:{PASSWORD}@proxy:3128\n", "cannot be read"),
        (f"http://u:{PASSWORD}@proxy:3128/path", "must end after"),
        (f"http://u:{PASSWORD}@proxy?", "must end after"),
        (f"socks5://u:{PASSWORD}@proxy:1080", "needs the package socksio"),
    ],
)
def test_proxies_that_cannot_work(proxy: Any, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        open_client(URL, KEY, proxy=proxy)
    assert PASSWORD not in everything_about(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


@given(st.text())
def test_no_configuration_error_repeats_a_proxy(rest: str) -> None:
    for kind in (TalonClient, AsyncTalonClient):
        with pytest.raises(ConfigError) as caught:
            kind(URL, KEY, proxy=f"ftp://user:{PASSWORD}@{rest}")
        assert PASSWORD not in everything_about(caught.value)


@pytest.mark.parametrize("options", [{"proxy": "http://proxy:1"}, {"tls": ssl.create_default_context()}])
def test_a_client_of_ones_own_brings_its_own_proxy_and_tls(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="set proxy and TLS there"):
        open_client(URL, KEY, http=open_http(Shop(ok())), **options)


@pytest.mark.parametrize("kind", [httpx.Client, httpx.AsyncClient])
def test_the_other_kind_of_httpx_client_is_refused(kind: Any) -> None:
    client = AsyncTalonClient if kind is httpx.Client else TalonClient
    with pytest.raises(ConfigError, match=r"http must be an httpx\.(Async)?Client"):
        client(URL, KEY, http=kind())


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_of_the_environment_that_cannot_work(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, f"ftp://user:{PASSWORD}@proxy:1")
    with pytest.raises(ConfigError, match=name) as caught:
        open_client(URL, KEY)
    assert PASSWORD not in everything_about(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_handshakes_that_fail_behind_a_proxy_do_not_use_the_client_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # httpcore keeps the place of each such connection for ever.
    monkeypatch.setattr(connections, "POOL_WAIT", 0.01)
    tunnels: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        tunnels.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with (
        raw_server(serve) as proxy,
        open_client(URL, KEY, proxy=proxy, max_in_flight=2, attempts=2, sleep=lambda _: None) as client,
    ):
        found = client.send_all([READ] * 2) + client.send_all([READ] * 6)
    assert len(tunnels) > 4
    assert all(isinstance(each, TransportError) and not each.sent for each in found)


def test_a_pool_of_ones_own_stays_whatever_it_has_lost() -> None:
    http = open_http(Shop(httpx.PoolTimeout("x"), ok()))
    with open_client(URL, KEY, http=http, attempts=2, sleep=lambda _: None) as client:
        assert client.fetch(READ).attempts == 2
    assert not http.is_closed


def test_a_request_goes_through_the_proxy_with_its_password() -> None:
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with raw_server(serve) as url:
        proxy = url.replace("://", f"://user:{PASSWORD}@")
        with open_client("http://localhost:1", KEY, proxy=proxy) as client:
            client.send(READ)
            assert PASSWORD not in repr(client) + repr(vars(client._core))
    lines = seen[0].decode().split("\r\n")
    assert lines[0] == "GET http://localhost:1/v2/customer_sessions/s HTTP/1.1"
    credentials = base64.b64encode(f"user:{PASSWORD}".encode()).decode()
    assert f"Proxy-Authorization: Basic {credentials}" in lines


def silent(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.recv(65536)


def hang_up(connection: socket.socket) -> None:
    connection.recv(65536)


def forbid(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize(
    ("serve", "error"), [(silent, Timeout), (hang_up, TransportError), (forbid, TransportError)]
)
def test_a_write_that_the_proxy_let_not_through_was_not_sent(serve: Any, error: type[TransportError]) -> None:
    with (
        raw_server(serve) as url,
        open_client(URL, KEY, proxy=url, timeout=0.05, deadline=1.0, attempts=1) as client,
        pytest.raises(error) as caught,
    ):
        client.send(UNSAFE)
    assert not caught.value.sent


@pytest.mark.parametrize(("serve", "error"), [(silent, Timeout), (hang_up, TransportError)])
def test_a_write_whose_tls_never_began_was_not_sent(serve: Any, error: type[TransportError]) -> None:
    with (
        raw_server(serve) as url,
        open_client(
            url.replace("http://", "https://"), KEY, timeout=0.05, deadline=1.0, attempts=1
        ) as client,
        pytest.raises(error) as caught,
    ):
        client.send(UNSAFE)
    assert not caught.value.sent
    gc.collect()  # a connection that nobody closed would warn now


class Context(ssl.SSLContext):
    """Refuses every connection, and says that it was asked."""

    asked = 0

    def wrap_socket(self, *_: Any, **__: Any) -> Any:
        self.asked += 1
        raise ssl.SSLError("refused")

    wrap_bio = wrap_socket


def test_a_context_of_ones_own_is_used() -> None:
    context = Context(ssl.PROTOCOL_TLS_CLIENT)
    with (
        raw_server(silent) as url,
        open_client(url.replace("http://", "https://"), KEY, tls=context, attempts=1) as client,
        pytest.raises(TransportError) as caught,
    ):
        client.send(UNSAFE)
    assert context.asked == 1
    assert not caught.value.sent


def test_certificates_come_from_a_file(tmp_path: Path) -> None:
    open_client(URL, KEY, tls=certifi.where()).close()
    open_client(URL, KEY, tls=Path(certifi.where())).close()
    garbage = tmp_path / "garbage.pem"
    garbage.write_text("no certificate")
    for tls in (garbage, tmp_path / "missing.pem", str(tmp_path), 3):
        with pytest.raises(ConfigError, match="certificates of tls cannot be read") as caught:
            open_client(URL, KEY, tls=tls)
        assert caught.value.__cause__ is caught.value.__context__ is None


def test_an_empty_path_is_no_way_to_say_the_usual_certificates() -> None:
    with pytest.raises(ConfigError, match="tls is empty"):
        open_client(URL, KEY, tls="")


@pytest.mark.parametrize("tls", [True, False])
def test_tls_cannot_be_switched_off(tls: bool) -> None:
    with pytest.raises(ConfigError, match="cannot be switched off"):
        open_client(URL, KEY, tls=tls)


def test_certificates_of_the_environment_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from talon_client.transport import _tls

    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    _tls.cache_clear()
    with pytest.raises(ConfigError, match="SSL_CERT_FILE"):
        open_client(URL, KEY)
