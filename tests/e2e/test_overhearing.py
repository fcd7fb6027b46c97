"""The listening itself: what is planted is heard wherever it comes out, so that silence means something."""

import base64
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from urllib.parse import quote

import pytest
import uvicorn
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from tests.support import overhearing, running
from tests.support.overhearing import EMAIL, HOST, KEY, MAIL, Overhearing

# One of its own, or the listening that all these tests are under would hear it too.
LEAKED = "slftstleakq9xw4mzp"
PLANTED = {"the marker": overhearing.forms(LEAKED)}
PAGE = f"""<!doctype html><title>A page that tells</title><input id=field><script>
document.getElementById("field").value = "{LEAKED}";
localStorage.setItem("kept", "{LEAKED}");
console.log("{LEAKED}");
fetch("/answer?asked={LEAKED}", {{method: "POST", body: "{LEAKED}"}}).then((answer) => answer.text()).then(() => {{
  const socket = new WebSocket(`ws://${{location.host}}/frames`);
  socket.onopen = () => socket.send("{LEAKED}");
  socket.onmessage = () => document.title = "told";
}});
</script><a href="/file" download>Save</a>"""
WRITTEN = (
    EMAIL.encode(),
    EMAIL.upper().encode(),
    EMAIL.encode("utf-16"),
    EMAIL.encode("utf-16-be"),
    *(base64.b64encode(b"x" * shift + EMAIL.encode() + b"...") for shift in range(6)),
    base64.urlsafe_b64encode(b"{" + EMAIL.encode() + b"}"),
    quote(EMAIL).encode(),
    EMAIL.replace("@", "\\\N{WORD JOINER}\\@").encode(),
    EMAIL.encode().hex().encode(),
    f"demo-{KEY}".encode(),
    f"ApiKey-v1 demo-{KEY}".encode("utf-16-le"),
    HOST.encode(),
    "".join(f"%{byte:02x}" for byte in MAIL.encode()).encode(),
)


async def _page(_: Request) -> Response:
    return HTMLResponse(PAGE)


async def _answer(_: Request) -> Response:
    return JSONResponse({"email": f"{LEAKED}\\u0040shop.example"})


async def _file(_: Request) -> Response:
    head = {"Content-Disposition": "attachment; filename=export.csv"}
    return Response(LEAKED.encode("utf-16"), headers=head)


async def _frames(socket: WebSocket) -> None:
    await socket.accept()
    await socket.receive_text()
    await socket.send_bytes(b"\x08\x01" + base64.b64encode(f"<{LEAKED}>".encode()))
    await socket.receive()


@pytest.fixture
def telltale() -> Iterator[str]:
    """A server that lets the marker out wherever a desk could. Its address."""
    app = Starlette(
        routes=[
            *(Route("/", _page), Route("/answer", _answer, methods=["POST"]), Route("/file", _file)),
            WebSocketRoute("/frames", _frames),
        ]
    )
    port = running.free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def tab(browser: Browser, telltale: str) -> Iterator[Page]:
    """A tab at that server."""
    context = browser.new_context(base_url=telltale)
    yield context.new_page()
    context.close()


def test_a_leak_is_heard_wherever_it_comes_out(tab: Page, telltale: str) -> None:
    listening = Overhearing([], PLANTED)
    listening.heard_in(tab.context)
    page = tab.context.new_page()
    page.goto("/")
    with page.expect_download():
        page.get_by_text("Save").click()
    page.wait_for_function("document.title === 'told'")
    with pytest.raises(AssertionError, match="let out") as caught:
        listening.end_of_test()
    said = str(caught.value).replace(telltale, "")
    for place in (
        *("frames: sent", "frames: received", "answers: /answer", "requests: /answer", "messages: "),
        *("downloads: export.csv", "addresses: ", "pages: /", "pages: /, as text", "pages: /, localStorage"),
    ):
        assert f"the marker in {place}" in said, (place, said)
    listening.quiet()  # what was found is said once


@pytest.mark.parametrize("written", WRITTEN, ids=range(len(WRITTEN)))
def test_a_marker_is_recognised_however_it_is_written(written: bytes) -> None:
    listening = Overhearing([])
    listening.search(b"\x00\xff" + written + b"\x00", "frames", "somewhere")
    with pytest.raises(AssertionError, match="in frames: somewhere"):
        listening.quiet()
    listening.quiet()


def test_logs_and_databases_are_read(tmp_path: Path) -> None:
    desk = cast(running.RunningDesk, SimpleNamespace(log=tmp_path / "desk.log", state=tmp_path / "state"))
    folder = desk.state / "talon-desk"
    folder.mkdir(parents=True)
    listening = Overhearing([desk])
    desk.log.write_text("nothing to see")
    (folder / "desk.sqlite3-wal").write_bytes(b"nothing either")
    listening.end_of_test()
    desk.log.write_text(f"ValueError: could not convert {EMAIL}")
    (folder / "desk.sqlite3-wal").write_bytes(b"\x00" + KEY.encode())
    with pytest.raises(
        AssertionError, match=r"e-mail address in logs: .*the API key in files: .*sqlite3-wal"
    ):
        listening.end_of_test()


def test_what_is_revealed_may_arrive_in_frames_and_nowhere_else() -> None:
    listening = Overhearing([])
    listening.reveal()
    with pytest.raises(AssertionError, match="nobody heard it"):
        listening.end_of_test()
    listening.reveal()
    listening.search(EMAIL, "frames", "received", revealed=True)
    listening.end_of_test()
    for where, text in (("frames", KEY), ("downloads", EMAIL)):
        listening.reveal()
        listening.search(EMAIL, "frames", "received", revealed=True)
        listening.search(text, where, "later", revealed=where == "frames")
        with pytest.raises(AssertionError, match=f"in {where}: later"):
            listening.end_of_test()
    listening.search(EMAIL, "frames", "received in the next test", revealed=True)
    with pytest.raises(AssertionError, match="the next test"):
        listening.end_of_test()
