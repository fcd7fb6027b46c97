"""Every page with every kind of customer in every state of the API: it says something true, and never breaks."""

from functools import partial
from itertools import product

import pytest
from streamlit.testing.v1 import AppTest

from talon_client import TalonClient
from talon_sandbox import Sandbox
from tests.pages.conftest import Open
from tests.support.pairwise import pairwise

PAGES = {
    "pages/start/find.py": "find",
    "pages/customer/overview.py": "customer",
    "pages/customer/points.py": "customer",
    "pages/customer/orders.py": "customer",
    "pages/customer/wallet.py": "customer",
    "pages/customer/memberships.py": "customer",
    "pages/thing/session.py": "session",
    "pages/thing/missing.py": "session",
    "pages/thing/coupon.py": "code",
    "pages/thing/card.py": "card",
    "pages/change/receipt.py": "receipt",
    "pages/change/recent.py": "",
    "pages/change/waiting.py": "",
    "pages/change/audit.py": "",
}
PEOPLE = {
    "ordinary": {
        "customer": "maria.pending",
        "session": "ORD-10023",
        "code": "WELCOME10-ANNA",
        "card": "CARD-1001",
    },
    "returned": {
        "customer": "clara.returns",
        "session": "ORD-10061",
        "code": "VIP20-ANNA",
        "card": "CARD-1002",
    },
    "large": {"customer": "ivan.archive", "session": "ORD-10300", "code": "BAG-ANNA", "card": "CARD-1003"},
    "new": {"customer": "zoe.new", "session": "ORD-10081", "code": "ONCE-ONLY", "card": "CARD-1004"},
    "awkward": {
        "customer": "acme/100%?#..&+;= q",
        "session": "ORD-10205",
        "code": "BIRTHDAY-CARO",
        "card": "CARD-1004",
    },
    "markup": {
        "customer": "bobby.markup",
        "session": "ORD-10095",
        "code": "GIFT50-ANNA",
        "card": "CARD-1001",
    },
    "unknown": {"customer": "nobody", "session": "nothing", "code": "NOTHING", "card": "NOTHING"},
    "impossible": {"customer": "..", "session": "x" * 1200, "code": ".", "card": "no"},
    "none": {"customer": "", "session": "", "code": "", "card": ""},
}
CONDITIONS = (
    "ok",
    "401",
    "404",
    "409",
    "429",
    "500",
    "503",
    "html",
    "empty",
    "truncated",
    "invalid-json",
    "reset",
)
OFTEN = ("ok", "401", "404", "503", "html", "truncated", "reset")
MOSTLY = [each for each in PEOPLE if each not in ("new", "markup")]
TABLE = (list(PAGES), list(PEOPLE), list(CONDITIONS))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a back-off."""
    monkeypatch.setattr("desk.lookup.connections.TalonClient", partial(TalonClient, sleep=lambda _: None))


def check(open_page: Open, sandbox: Sandbox, page: str, person: str, condition: str) -> None:
    """Opens the page and looks for what must and must not be there."""
    if condition != "ok":
        sandbox.faults("*", [condition], rate=1.0)
    ids = PEOPLE[person]
    params = {"receipt": "no-such-receipt", "find": ids["customer"], **ids}
    wanted = PAGES[page]
    at = open_page(page, **({wanted: params[wanted]} if wanted and params[wanted] else {}))
    assert not at.exception
    texts = shown(at)
    assert "Something in the desk itself is broken" not in texts, texts
    assert at.title, "a page has one answer"
    assert sandbox.api_key not in texts
    known = person not in ("unknown", "impossible", "none")
    if condition not in ("ok", "404") and wanted in ("customer", "session", "code", "card") and known:
        assert "No such" not in texts, "could not look is never not found"


def shown(at: AppTest) -> str:
    """All text on the page."""
    parts = [*at.title, *at.markdown, *at.caption, *at.header, *at.subheader, *at.code, *at.error, *at.text]
    return "\n".join(str(each.value) for each in parts)


@pytest.mark.parametrize(("page", "person", "condition"), pairwise(TABLE[0], MOSTLY, OFTEN))
def test_a_page_says_something_true(
    open_page: Open, sandbox: Sandbox, page: str, person: str, condition: str
) -> None:
    check(open_page, sandbox, page, person, condition)


@pytest.mark.soak
@pytest.mark.parametrize(("page", "person", "condition"), list(product(*TABLE)))
def test_the_whole_table(open_page: Open, sandbox: Sandbox, page: str, person: str, condition: str) -> None:
    check(open_page, sandbox, page, person, condition)
