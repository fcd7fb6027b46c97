"""Everything that a desk lets out during the end-to-end tests is searched for what must never leave it.

The sandbox behind the desks has a planted API key, and every customer of its demo world a planted e-mail address. The
markers are letters and digits only, so that escaping for Markdown, HTML, JSON, a shell or a URL leaves them whole.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Download, Page, Request, WebSocket
from playwright.sync_api import Error as PlaywrightError

from talon_sandbox import Sandbox
from talon_sandbox.world import World
from tests.support import running

KEY, MAIL, HOST = "ovrhrdkeyq3zk8wm1x", "ovrhrdmailq5t9rb2p", "ovrhrdhostk4v6ny8d"
API_KEY = f"demo-{KEY}"
EMAIL = f"{MAIL}@{HOST}.example"
SIGN_IN = "ovrhrdsigninj6x2tq7c"
"""What the provider's client secret and the secret of the cookies are made of."""

counts: Counter[str] = Counter()
"""What was searched by this process, for the summary of the run."""


def summary() -> str:
    """What was searched, in words."""
    each = sorted((kind, count) for kind, count in counts.items() if kind != "bytes")
    return (
        ", ".join(f"{count:,} {kind}" for kind, count in each) + f"; {counts['bytes'] / 1e6:,.1f} MB in all"
    )


def forms(marker: str) -> tuple[bytes, ...]:
    """The marker as it may stand in bytes: as it is, shouted, UTF-16, base64 at each of the three alignments, hex,
    percent-encoded to the last letter."""
    plain = marker.encode()
    whole = [base64.b64encode(b"x" * shift + plain) for shift in range(3)]
    # The letters at both ends of base64 depend on what stands around.
    encoded = [text[(0, 2, 3)[shift] : -4] for shift, text in enumerate(whole)]
    return (
        *(plain, marker.upper().encode(), marker.encode("utf-16-le"), marker.encode("utf-16-be"), *encoded),
        *(plain.hex().encode(), "".join(f"%{byte:02x}" for byte in plain).encode()),
    )


MASKED = "a masked e-mail address"
FORMS: Mapping[str, tuple[bytes, ...]] = {
    "the API key": forms(KEY),
    "a secret of the sign-in": forms(SIGN_IN),
    MASKED: (*forms(MAIL), *forms(HOST)),
}


def plant(sandbox: Sandbox) -> None:
    """Gives every customer the planted e-mail address, also as the world that `reset` returns to."""

    def planted(world: World) -> None:
        world.conn.execute(
            "update profile set attributes = json_set(attributes, '$.Email', ?) where json_type(attributes, '$.Email')"
            " is not null",
            (EMAIL,),
        )
        world.mark_baseline()

    sandbox.change(planted)


class Overhearing:
    """Listens to every page of a browser, and reads what the desks of this process leave on disk."""

    def __init__(
        self, desks: list[running.RunningDesk], planted: Mapping[str, tuple[bytes, ...]] = FORMS
    ) -> None:
        self.planted = planted
        self.desks, self.found, self.heard = desks, list[str](), Counter[str]()
        self._revealed = 0
        self._shown = 0
        self._pages: list[Page] = []
        self._downloads: list[Download] = []
        self._read: set[str] = set()

    def listen(self, browser: Browser) -> None:
        """From now on to every page that is opened, however it is opened."""
        new_context, new_page = browser.new_context, browser.new_page

        def context_heard(**options: Any) -> BrowserContext:
            return self.heard_in(new_context(**options))

        def page_heard(**options: Any) -> Page:
            page = new_page(**options)
            self._on_page(page)
            self.heard_in(page.context)
            return page

        setattr(browser, "new_context", context_heard)  # noqa: B010  the type checker knows it as it was
        setattr(browser, "new_page", page_heard)  # noqa: B010

    def heard_in(self, context: BrowserContext) -> BrowserContext:
        """The same context, listened to from now on."""
        context.on("page", self._on_page)
        return context

    def reveal(self) -> None:
        """Somebody is about to press "Show Email": from now to the end of the test it may be in frames that arrive,
        and in nothing else; it must be, or nothing was heard."""
        self._revealed += 1

    def search(self, content: str | bytes, kind: str, where: str, *, revealed: bool = False) -> None:
        """Remembers every marker that stands in it. `revealed`: what was revealed may be there."""
        content = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        self.heard[kind] += 1
        self.heard["bytes"] += len(content)
        for name, written in self.planted.items():
            if not any(each in content for each in written):
                continue
            if revealed and self._revealed and name == MASKED:
                self._shown += 1
            else:
                self.found.append(f"{name} in {kind}: {where}")

    def end_of_test(self) -> None:
        """Searches what is still there to be read: pages, downloads, logs and databases. AssertionError names where
        something stood."""
        revealed, shown, downloads = self._revealed, self._shown, self._downloads
        self._revealed, self._shown, self._downloads = 0, 0, []
        for page in [each for each in self._pages if not each.is_closed()]:
            self.search(page.content(), "pages", page.url)
            self.search("\n".join(_texts(page)), "pages", f"{page.url}, as text")
            for kept in ("localStorage", "sessionStorage") if page.url.startswith("http") else ():
                self.search(page.evaluate(f"JSON.stringify({kept})"), "pages", f"{page.url}, {kept}")
        for download in downloads:
            self.search(Path(download.path()).read_bytes(), "downloads", download.suggested_filename)
        self.search_desks()
        self._pages = [each for each in self._pages if not each.is_closed()]
        assert not revealed or shown, "it was revealed, but nobody heard it: the listening is broken"
        self.quiet()

    def give_up(self) -> None:
        """The test has failed already: what it left is not looked at, what was found stays for the next one."""
        self._revealed, self._shown, self._downloads = 0, 0, []

    def search_desks(self) -> None:
        """Logs, and everything under the state directories: the databases, their write-ahead logs, keys."""
        for desk in self.desks:
            self.search(desk.log.read_bytes(), "logs", str(desk.log))
            for path in sorted(desk.state.rglob("*")):
                content = _content(path)
                if content is not None:
                    self.search(content, "files", str(path))

    def quiet(self) -> None:
        """AssertionError when something was found since the last time; it is then forgotten."""
        counts.update(self.heard)
        self.heard.clear()
        found, self.found = list(dict.fromkeys(self.found)), []
        assert not found, "let out: " + "; ".join(found)

    def _on_page(self, page: Page) -> None:
        if page in self._pages:
            return
        self._pages.append(page)
        page.on("websocket", self._on_socket)
        page.on("requestfinished", self._on_answer)
        page.on("download", self._on_download)
        page.on("console", lambda message: self.search(message.text, "messages", "the browser's console"))

    def _on_download(self, download: Download) -> None:
        self._downloads.append(download)

    def _on_socket(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self.search(frame, "frames", f"sent to {socket.url}"))
        socket.on(
            "framereceived",
            lambda frame: self.search(frame, "frames", f"received from {socket.url}", revealed=True),
        )

    def _on_answer(self, request: Request) -> None:
        self.search(request.url, "addresses", "a request")
        self.search(json.dumps(request.headers) + (request.post_data or ""), "requests", request.url)
        _, static, file = request.url.partition("?")[0].partition("/static/")
        if static and file in self._read:  # Streamlit's own files, the same for everybody
            return
        self._read.add(file)
        try:
            answer = request.response()
            if answer is None or 300 <= answer.status < 400:
                return
            self.search(json.dumps(answer.headers), "answers", request.url)
            self.search(answer.body(), "answers", request.url)
        except PlaywrightError:  # the page went on before its answer was read
            self.heard["answers missed"] += 1


def _texts(page: Page) -> Iterator[str]:
    """What stands in the page's fields, which is no part of its HTML, and what a screen reader is told."""
    yield page.inner_text("body")
    for value in page.evaluate("[...document.querySelectorAll('input, textarea')].map(each => each.value)"):
        yield str(value)


def _content(path: Path) -> bytes | None:
    """The file's bytes; None for a folder, and for what went away since it was listed."""
    try:
        return path.read_bytes() if path.is_file() else None
    except FileNotFoundError:
        return None
