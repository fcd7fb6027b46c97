"""A sandbox whose every text is hostile: markup, links, images, formulas, directives, overrides, long words.

`Corpus` stands between the desk and a sandbox. Whatever text an answer holds (ids, names, codes, reasons, names and
values of attributes, subledgers, tiers, rules) is replaced by a hostile one, always the same for the same text, and
what the desk asks with is put back, so that all of the demo world's situations are there, told by an attacker.
"""

import json
import re
import threading
import unicodedata
import zlib
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlencode

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from talon_sandbox import Sandbox
from tests.support.running import free_port

WORDS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a link](javascript:alert(1))",
    "![i](http://foreign.example/x.png)",
    "$\\frac{1}{2}$ $$x^2$$",
    ":red[red] :blue-badge[b]",
    ":material/delete: :smile: :+1:",
    '=HYPERLINK("http://foreign.example")',
    "+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "-1+2",
    "\u202etxt.exe \u2066x",
    "zero\u200bwidth\u200d\ufeff",
    "http://foreign.example www.foreign.example",
    "`code` ```fence",
    "| a | b |",
    "&lt;b&gt; &amp; &#60;",
    "---",
    "# heading",
    "<!-- gone",
    "**bold** _it_ ~~gone~~",
    "> quote",
    "1. item",
    "{{7*7}} %s {0} ${x} %{y}",
    '</div><a href="http://foreign.example">a</a>',
    "<b>b</b><style>*{display:none}</style>",
    "a -> b <- c >= d -- e",
    "＝1+1",
    "back\\slash \\* \\",
    "../%2e%2e/?a=b&c#d;e+f",
    "long" * 50,
    "[x]: http://foreign.example [^1]: n",
)
"""What may stand in an id, too: no white space at the ends."""

SPACED = (
    "\t=1+1",
    "\r\n=1+1",
    "two\nlines\n\n# heading\n    code",
    "- a\n- b",
    "```\nfence\n```",
    " =1",
    "***\n---\n",
)
"""What only free text may begin with or hold."""

CANARY = re.compile(r"zq[0-9a-f]{8}")
# The API's own words, and what no shop chooses.
_OWN_WORDS = frozenset(
    (
        *("effectType", "state", "status", "type", "frontendState", "recurrencePolicy", "activationPolicy"),
        *("failureCode", "rejectionReason", "downgradePolicy", "currency", "timezone", "transactionUUID"),
        *("conditionIndex", "period", "features", "entities", "action", "reason", "campaignState"),
        *("startDate", "expiryDate", "integration", "activateAfter"),
    )
)
_TIME = re.compile(r"\d{4}-\d\d-\d\d")
_NAMED_BY_THE_SHOP = ("attributes", "additionalCosts", "subLedgers")
"""Objects whose keys are texts of the shop. What says that a field is personal stays, or nothing would be masked."""
_PERSONAL = ("Name", "Email", "Phone", "Birthday")


def hostile(text: str) -> str:
    """The hostile text that stands for an ordinary one; it ends in what tells it from the others."""
    number = zlib.crc32(text.encode())
    choice = (*WORDS, *SPACED) if " " in text else WORDS
    return f"{choice[number % len(choice)]} zq{number:08x}"


def marked(word: str) -> str:
    """One of these words as somebody types it, with what it is recognised by."""
    return f"{word} zq{zlib.crc32(word.encode()):08x}"


def plain(text: str) -> str:
    """Text as people compare it: without characters that do not show, white space as one blank."""
    kept = "".join(" " if each.isspace() else each for each in text if each.isspace() or _shows(each))
    return " ".join(kept.split())


def _shows(character: str) -> bool:
    return character != "\N{REPLACEMENT CHARACTER}" and unicodedata.category(character) not in ("Cf", "Cc")


class Corpus:
    """`with Corpus(sandbox) as corpus:` the same API at `corpus.url`, with hostile texts. `said`: by what tells it from
    the others, every text that was handed out."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.said: dict[str, str] = {}
        self._original: dict[str, str] = {}
        self._client = httpx.Client(transport=sandbox.transport(), base_url=sandbox.url)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        methods = ["GET", "POST", "PUT", "DELETE", "PATCH"]
        app = Starlette(routes=[Route("/{path:path}", self._answer, methods=methods)])
        self._server = uvicorn.Server(
            uvicorn.Config(app, port=port, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self._server.run, name="corpus", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._client.close()

    def text(self, original: str) -> str:
        """What stands in place of a text of the sandbox."""
        made = hostile(original)
        self._original[made] = original
        self.said[CANARY.findall(made)[-1]] = made
        return made

    async def _answer(self, request: Request) -> Response:
        return await run_in_threadpool(self._exchange, request, await request.body())

    def _exchange(self, request: Request, body: bytes) -> Response:
        raw = request.scope["raw_path"].decode()
        path = "/".join(quote(self._meant(unquote(part)), safe="") for part in raw.split("/"))
        query = [(name, self._meant(value)) for name, value in parse_qsl(request.url.query, True)]
        asked = {
            name: value for name, value in request.headers.items() if name not in ("host", "content-length")
        }
        content = json.dumps(self._back(json.loads(body))).encode() if body else None
        answer = self._client.request(
            request.method, f"{path}?{urlencode(query)}" if query else path, headers=asked, content=content
        )
        told = answer.content
        if told:
            told = json.dumps(self._told(json.loads(told), ok=answer.is_success)).encode()
        return Response(told, answer.status_code, media_type="application/json" if told else None)

    def _meant(self, text: str) -> str:
        return self._original.get(text, text)

    def _back(self, value: object) -> object:
        if isinstance(value, dict):
            return {self._meant(name): self._back(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._back(each) for each in value]
        return self._meant(value) if isinstance(value, str) else value

    def _told(self, value: object, name: str = "", *, ok: bool = True) -> object:
        if isinstance(value, Mapping):
            return {self._key(name, key): self._told(each, key, ok=ok) for key, each in value.items()}
        if isinstance(value, list):
            return [self._told(each, name, ok=ok) for each in value]
        if not isinstance(value, str) or not value or name in _OWN_WORDS or _TIME.match(value):
            return value
        return self.text(value) if ok else self._quoted(value)

    def _key(self, inside: str, key: str) -> str:
        return self.text(key) if inside in _NAMED_BY_THE_SHOP and key not in _PERSONAL else key

    def _quoted(self, text: str) -> str:
        """What an error says, with the hostile texts that it quotes."""
        for made, original in list(self._original.items()):
            text = text.replace(f"'{original}'", f"'{made}'")
        return text
