"""A world whose every text is hostile: on every page each text reaches the reader as the text that it is."""

import csv as reader
import io
from collections import ChainMap, Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from desk.guard import (
    Actor,
    CancelSession,
    Change,
    NeedsSupervisor,
    Outcome,
    ReleaseCoupon,
    ReopenSession,
    ReserveCoupon,
    ReturnItems,
    Role,
)
from desk.guard.audit_rows import Filter
from desk.guard.export import csv
from desk.guard.masking import Masking
from desk.ui import audit_check
from desk.ui.escape import md, shown
from talon_sandbox import Sandbox
from tests.pages.conftest import PATIENCE, connection, text_of
from tests.pages.test_audit import guard_of
from tests.pages.test_matrix import PAGES, PEOPLE
from tests.pages.test_sessions import as_role, pressed
from tests.support.corpus import CANARY, SPACED, WORDS, Corpus, marked, plain
from tests.support.reading import SPOKEN, hostile_texts, reader_sees, shows
from tests.support.surroundings import ROOT

OpenHostile = Callable[..., AppTest]
NOBODY = ("unknown", "impossible", "none")
PARAMS = (
    "application",
    "customer",
    "subledger",
    "range",
    "tab",
    "day",
    "session",
    "code",
    "card",
    "find",
    "plan",
)


TYPED = [marked(each) for each in (*WORDS, *SPACED)]
FORMULAS = [each for each in TYPED if each.startswith(("=", "+", "@", "-1", "＝"))]


REASON = marked("<b>[why](javascript:alert(1))</b> $x$ :red[r]")
"""A reason that the company lets people choose."""


@pytest.fixture(scope="module")
def corpus(shop: Sandbox) -> Iterator[Corpus]:
    """The hostile world."""
    with Corpus(shop) as opened:
        yield opened


@pytest.fixture
def open_hostile(sandbox: Sandbox, corpus: Corpus) -> OpenHostile:
    """Opens a page at the hostile world, whose settings are hostile too."""
    settings = connection(sandbox)
    settings |= {"base_url": corpus.url, "label": corpus.text("Test shop")}
    settings["programs"] = [
        {"id": each.id, "name": corpus.text(each.title), "kind": "card" if each.card_based else "profile"}
        for each in sandbox.programs()
    ]

    def opened(page: str, **params: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
        at.secrets["connections"] = {"shop": settings}
        at.secrets["desk"] = {
            "reasons": [{"code": "hostile", "label": REASON}],
            "limits": {"agent": {"points": 0, "value": 0}},
        }
        at.run()
        at.query_params.update(params)
        return at.switch_page(page).run()

    return opened


def check(at: AppTest, said: Mapping[str, str]) -> Counter[str]:
    """Nothing broke, and each hostile text is shown as text; how often it was, by field."""
    assert not at.exception, at.exception
    assert "Something in the desk itself is broken" not in "".join(each.value for each in at.markdown)
    seen: Counter[str] = Counter()
    for text in hostile_texts(at):
        seen[text.field] += 1
        for canary in CANARY.findall(text.sent):
            if text.field not in SPOKEN:
                assert shows(text.seen.casefold(), plain(said[canary]).casefold()), text
    return seen


@pytest.mark.parametrize("page", PAGES)
def test_a_hostile_world_is_text_on_every_page(open_hostile: OpenHostile, corpus: Corpus, page: str) -> None:
    everybody(open_hostile, corpus, page, ("ordinary", "returned"))


@pytest.mark.soak
@pytest.mark.parametrize("page", PAGES)
def test_the_whole_hostile_world(open_hostile: OpenHostile, corpus: Corpus, page: str) -> None:
    everybody(open_hostile, corpus, page, [each for each in PEOPLE if each not in NOBODY])


def everybody(open_hostile: OpenHostile, corpus: Corpus, page: str, people: Sequence[str]) -> None:
    """The page about each of these."""
    wanted = PAGES[page]
    seen: Counter[str] = Counter()
    for person in people if wanted else people[:1]:
        ids = {"find": PEOPLE[person]["customer"], "receipt": "none", **PEOPLE[person]}
        params = {wanted: corpus.text(ids[wanted])} if wanted else {}
        seen += check(open_hostile(page, **params), corpus.said)
    assert seen["Markdown.body"], "nothing hostile was shown: the corpus did not reach this page"


@pytest.mark.parametrize("page", PAGES)
def test_what_somebody_types_into_an_address_is_text(
    open_hostile: OpenHostile, corpus: Corpus, page: str
) -> None:
    typed(open_hostile, corpus, page, list(PAGES).index(page) * len(PARAMS))


@pytest.mark.soak
@pytest.mark.parametrize("page", PAGES)
def test_every_word_in_every_parameter_is_text(open_hostile: OpenHostile, corpus: Corpus, page: str) -> None:
    for first in range(len(TYPED)):
        typed(open_hostile, corpus, page, first)


def typed(open_hostile: OpenHostile, corpus: Corpus, page: str, first: int) -> None:
    """All of the parameters at once, each with another word, beginning with this one."""
    words = [TYPED[number % len(TYPED)] for number in range(first, first + len(PARAMS))]
    said = ChainMap({CANARY.findall(each)[-1]: each for each in words}, corpus.said)
    chosen = dict(zip(PARAMS, words, strict=True))
    # Find looks for "#10061" without its "#", and names what it looked for.
    chosen["find"] = chosen["find"].removeprefix("# ")
    said[CANARY.findall(chosen["find"])[-1]] = chosen["find"]
    check(open_hostile(page, **chosen, program="<b>", row="-1", receipt=words[0]), said)


@pytest.mark.parametrize(
    ("page", "about"),
    [("pages/thing/card.py", {"card": "CARD-1001"}), ("pages/thing/coupon.py", {"code": "VIP20-ANNA"})],
)
def test_an_id_that_no_customer_can_have_breaks_no_offer(
    open_hostile: OpenHostile, corpus: Corpus, page: str, about: dict[str, str]
) -> None:
    given = {name: corpus.text(value) for name, value in about.items()}
    check(open_hostile(page, **given, customer="x" * 1001), corpus.said)


def test_a_reason_and_a_ticket_are_text_on_every_page_and_in_the_file(
    open_hostile: OpenHostile, corpus: Corpus
) -> None:
    at = open_hostile("pages/change/audit.py")
    guard, person = guard_of(at), Actor(marked("<b>Sven</b>"), Role.AGENT, signed_in=True)
    said = ChainMap({CANARY.findall(person.name)[-1]: person.name}, corpus.said)
    code, customer = corpus.text("WELCOME10-ANNA"), corpus.text("maria.pending")
    receipts: list[str] = []
    for change in (
        ReserveCoupon(code=code, profile_id=customer),
        ReleaseCoupon(code=code, profile_id=customer),
    ):
        reason, ticket = FORMULAS[len(receipts) * 2 : len(receipts) * 2 + 2]
        said.update({CANARY.findall(each)[-1]: each for each in (reason, ticket)})
        plan = guard.plan("shop", person, change)
        preview = guard.preview(plan.id, person)
        made = guard.confirm(plan.id, person, digest=preview.digest, reason=reason, ticket=ticket)
        receipts.append(made.id)
        assert made.outcome is Outcome.DONE
    for receipt in receipts:
        assert check(open_hostile("pages/change/receipt.py", receipt=receipt), said)["Markdown.body"]
    for page in ("pages/change/recent.py", "pages/change/audit.py"):
        at = as_role(open_hostile(page, row="1"), "Supervisor")
        assert check(at, said)["Dataframe.data cell"]
    exported = guard_of(at).trail(Actor("boss", Role.SUPERVISOR)).export("shop", Filter())
    made_file = csv(audit_check.COLUMNS, audit_check.lines(exported, Masking()))
    rows = list(reader.reader(io.StringIO(made_file.decode("utf-8-sig"), newline="")))
    for cell in (cell for row in rows for cell in row):
        assert not cell or cell[0] not in "=+-@\t\r\n＝＋－＠" or Decimal(cell) < 0, cell
    cells = {cell for row in rows for cell in row}
    assert {person.name, *(f"'{each}" for each in FORMULAS[:4])} <= cells


@pytest.mark.parametrize("kind", [ReturnItems, ReopenSession, CancelSession])
def test_what_waits_is_text_for_whoever_asked_and_for_whoever_decides(
    open_hostile: OpenHostile, corpus: Corpus, kind: type[Change]
) -> None:
    """Every text that the API or a person can put there: ids, items, programs, names, reason, ticket, note."""
    page, note = "pages/change/waiting.py", marked("**no** <b>")
    session = corpus.text("ORD-10102" if kind is ReopenSession else "ORD-10061")
    items = {"items": [{"position": position, "quantity": 1} for position in (0, 2)]}
    change = kind.model_validate({"session_id": session, **(items if kind is ReturnItems else {})})
    at = open_hostile(page)
    guard, name = guard_of(at), at.session_state["desk-current"].actor.name
    said = ChainMap({CANARY.findall(each)[-1]: each for each in (REASON, note)}, corpus.said)
    plans = []
    for number, asker in enumerate((name, marked("[Sven](http://foreign.example)"))):
        reason, ticket = TYPED[number * 2 : number * 2 + 2]
        said.update({found[-1]: each for each in (asker, reason, ticket) if (found := CANARY.findall(each))})
        person = Actor(asker, Role.AGENT)
        preview = guard.preview(guard.plan("shop", person, change).id, person)
        with pytest.raises(NeedsSupervisor):
            guard.confirm(
                preview.plan_id,
                person,
                digest=preview.digest,
                reason_code="hostile",
                reason=reason,
                ticket=ticket,
            )
        plans.append(preview.plan_id)
    check(as_role(open_hostile(page), "Supervisor"), said)
    assert check(open_hostile(page, plan=plans[0]), said)["Markdown.body"] > 1
    for dialog in (True, False):
        at = as_role(open_hostile(page, plan=plans[1]), "Supervisor")
        facts = check(at, said)["Markdown.body"]
        if dialog:
            at = pressed(at, "Look at it as it is now")
            assert check(at, said)["Markdown.body"] > facts, "the preview is there"
    at.text_input(key="desk-waiting-note").set_value(note)
    at = pressed(at, "Decline")
    check(at, said)
    assert plain(note) in plain(shown(text_of(at)))


def test_this_reading_of_a_page_finds_what_is_not_escaped() -> None:
    unescaped = [each for each in TYPED if not shows(reader_sees(each), plain(each))]
    for telling in (
        "<script",
        "<img",
        "[a link]",
        "![i]",
        "$",
        ":red[",
        ":material/",
        "http:",
        "`",
        "<!--",
        "**",
    ):
        assert [each for each in unescaped if each.startswith(telling)], telling
    assert [each for each in TYPED if not shows(reader_sees(md(each)), plain(each))] == []
    assert not shows(plain("<b> zq00000001"), "<i> zq00000001")
    assert shows("of longlon…ng zq00000001", "longlonglong zq00000001")
    assert not shows("of looong…ng zq00000001", "xlonglong zq00000001")
