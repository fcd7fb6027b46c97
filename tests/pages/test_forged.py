"""What a role lacks cannot be had by forging what the browser or its session holds: nothing is written, and that
somebody tried stands in the trail."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from streamlit.testing.v1 import AppTest

from desk.guard import (
    Actor,
    CancelSession,
    Change,
    EraseCustomer,
    GenerateCard,
    Guard,
    LinkCard,
    NeedsSupervisor,
    ReleaseCoupon,
    ReopenSession,
    ReserveCoupon,
    ReturnedItem,
    ReturnItems,
    Role,
    Target,
    UnlinkCard,
    UpdateProfile,
)
from desk.policy import Limit
from desk.ui.changing import _Flow
from desk.ui.confirm import Once, _State
from desk.ui.place import Place, parse
from talon_client import OPERATIONS, Safety
from talon_sandbox import Sandbox
from tests.guard.role_table import may
from tests.pages.conftest import Open, headline, text_of
from tests.pages.test_audit import everything, guard_of
from tests.pages.test_sessions import as_role

NAME = "nobody signed in"
SUPERVISOR = Actor(NAME, Role.SUPERVISOR)
SESSION, WALLET, COUPON = "pages/thing/session.py", "pages/customer/wallet.py", "pages/thing/coupon.py"
CARD, CARDS, OVERVIEW = "pages/thing/card.py", "pages/customer/memberships.py", "pages/customer/overview.py"
ONE, LARGE = "change what belongs to one customer", "change many, or what nobody can take back"


class Spot(NamedTuple):
    """One offer of one page: where it is, its key, what it sends, and whose right it is."""

    page: str
    params: dict[str, str]
    key: str
    change: Change
    right: str = ONE


ORDER = {"session": "ORD-10061"}
ANNA, MARIA = {"customer": "anna.wallet"}, {"customer": "maria.pending"}
FAMILY = {"card": "CARD-1001", "program": "2"}
SPOTS = {
    "return": Spot(
        SESSION,
        ORDER,
        "return",
        ReturnItems(session_id="ORD-10061", items=(ReturnedItem(position=0, quantity=1),)),
    ),
    "reopen": Spot(SESSION, {"session": "ORD-10091"}, "reopen", ReopenSession(session_id="ORD-10091")),
    "cancel": Spot(SESSION, {"session": "ORD-10091"}, "cancel", CancelSession(session_id="ORD-10091")),
    "reserve": Spot(
        WALLET, MARIA, "reserve", ReserveCoupon(code="WELCOME10-ANNA", profile_id="maria.pending")
    ),
    "release": Spot(WALLET, ANNA, "release", ReleaseCoupon(code="VIP20-ANNA", profile_id="anna.wallet")),
    "reserve the code": Spot(
        COUPON, {"code": "GIFT50-ANNA"}, "reserve", ReserveCoupon(code="GIFT50-ANNA", profile_id="zoe.new")
    ),
    "link": Spot(
        CARD, FAMILY, "card-link", LinkCard(program_id=2, card_id="CARD-1001", profile_id="zoe.new")
    ),
    "unlink": Spot(
        CARD, FAMILY, "card-unlink", UnlinkCard(program_id=2, card_id="CARD-1001", profile_id="lena.shared")
    ),
    "link a card": Spot(
        CARDS,
        {"customer": "zoe.new"},
        "memberships-link",
        LinkCard(program_id=2, card_id="CARD-1002", profile_id="zoe.new"),
    ),
    "generate": Spot(
        CARDS,
        {"customer": "zoe.new"},
        "card-new",
        GenerateCard(program_id=2, card_id="CARD-9", profile_ids=("zoe.new",)),
    ),
    "erase": Spot(
        OVERVIEW, {"customer": "maria.pending"}, "erase", EraseCustomer(profile_id="maria.pending"), LARGE
    ),
    "something that the page does not offer": Spot(
        SESSION, ORDER, "return", UpdateProfile(profile_id="maria.pending", attributes={"City": "Rome"})
    ),
    "somebody's erasure in place of a return": Spot(
        SESSION, ORDER, "return", EraseCustomer(profile_id="maria.pending"), LARGE
    ),
}
READS = {name for name, each in OPERATIONS.items() if each.safety is Safety.READ}


def written(sandbox: Sandbox, role: str) -> list[object]:
    """Requests that changed something, and for those who may not try things out, dry runs too."""
    dry = may(role, "try something out")
    return [
        each["operation"]
        for each in sandbox.requests()
        if each["operation"] not in READS and not (dry and each["dry"])
    ]


def without(spot: Spot) -> Iterator[str]:
    """The roles that lack the right."""
    return (role for role in ("Viewer", "Checker", "Agent") if not may(role.lower(), spot.right))


def begun(at: AppTest, spot: Spot) -> None:
    """As if the hidden button had been pressed."""
    at.session_state[f"desk-change-{spot.key}"] = _Flow(
        spot.change, _place(spot), button="Do it", title="Do it"
    )


def _place(spot: Spot) -> Place:
    return parse({**spot.params, "application": "shop"})


def previewed(at: AppTest, spot: Spot) -> None:
    """As if somebody else's dialog stood open here: their plan, their preview, an unused token."""
    guard = guard_of(at)
    plan = guard.plan("shop", SUPERVISOR, spot.change)
    preview = guard.preview(plan.id, SUPERVISOR)
    assert preview.confirmable, (preview.blocks, preview.refusal)
    flow = _Flow(spot.change, _place(spot), plan.id, preview, button="Do it", title="Do it")
    at.session_state[f"desk-change-{spot.key}"] = flow
    at.session_state[f"desk-confirm-{spot.key}"] = _State[object](Once())


def confirmed(at: AppTest, spot: Spot) -> None:
    """The open dialog's button, with everything that it wants."""
    yes = [each for each in at.button if each.key == f"desk-confirm-{spot.key}-yes"]
    for field, value in (("code", "goodwill"), ("typed", "maria.pending")):
        for each in (*at.button_group, *at.text_input):
            if each.key == f"desk-confirm-{spot.key}-{field}":
                each.set_value(value)
    for each in yes:
        each.click()
    at.run()


FORGERIES = {"begun": begun, "an open dialog": previewed}
TABLE = [
    pytest.param(spot, how, id=f"{name}, {how}", marks=[] if (number + place) % 2 else [pytest.mark.soak])
    for number, name in enumerate(SPOTS)
    for place, how in enumerate(FORGERIES)
    for spot in [SPOTS[name]]
]


@pytest.mark.parametrize(("spot", "how"), TABLE)
def test_a_forged_session_sends_nothing(open_page: Open, sandbox: Sandbox, spot: Spot, how: str) -> None:
    at = open_page(spot.page, **spot.params)
    for role in without(spot):
        at = as_role(at, role)
        FORGERIES[how](at, spot)
        sandbox.run(lambda shell: shell.requests.clear())
        noted = len(guard_of(at).audit.rows(outcome="not_allowed"))
        at.run()
        confirmed(at, spot)
        assert not at.exception
        assert headline(at)
        assert "Something in the desk itself is broken" not in text_of(at)
        assert written(sandbox, role.lower()) == []
        assert guard_of(at).recent("shop") == []
        refusals = guard_of(at).audit.rows(outcome="not_allowed")
        assert len(refusals) > noted, "that somebody tried is written down"
        assert refusals[0].role == role.lower()


@pytest.mark.parametrize(
    ("page", "params", "label"),
    [
        (SESSION, ORDER, "Cancel the session …"),
        pytest.param(SESSION, {"session": "ORD-10091"}, "Reopen the session …", marks=pytest.mark.soak),
        pytest.param(
            CARDS, {"customer": "zoe.new"}, "Generate a card for this customer", marks=pytest.mark.soak
        ),
        (SESSION, {"session": "ORD-10091"}, "Try it on today's rules"),
    ],
)
def test_a_button_of_another_role_is_pressed_in_vain(
    open_page: Open, sandbox: Sandbox, page: str, params: dict[str, str], label: str
) -> None:
    """It was drawn while the role still had it, and its press arrives together with the end of that."""
    at = open_page(page, **params)
    button = next(each for each in at.button if each.label.replace("\\", "") == label)
    sandbox.run(lambda shell: shell.requests.clear())
    button.click()
    at = as_role(at, "Viewer")
    assert not at.exception
    assert written(sandbox, "viewer") == []
    assert guard_of(at).recent("shop") == []


def test_a_link_to_what_waits_opens_nothing_for_others(open_page: Open, sandbox: Sandbox) -> None:
    at = open_page("pages/change/waiting.py")
    guard = guard_of(at)
    plan = asked(guard, Actor("anton", Role.AGENT))
    at.query_params["plan"] = plan
    for role in ("Viewer", "Checker", "Agent"):
        at = as_role(at, role)
        assert not may(role.lower(), "see what others asked for")
        assert headline(at) == "Nothing waits under this link"
        assert "ORD-10061" not in everything(at)
        assert not [
            each for each in at.button if each.label in ("Decline", "Withdraw", "Look at it as it is now")
        ]
    at = as_role(at, "Supervisor")
    assert "ORD-10061" in headline(at)


def asked(guard: Guard, actor: Actor, change: Change | None = None) -> str:
    """A return, or that change, that waits."""
    guard.policy.limits[Role.AGENT] = Limit.model_validate({"points": 0})
    preview = guard.preview(guard.plan("shop", actor, change or SPOTS["return"].change).id, actor)
    with pytest.raises(NeedsSupervisor):
        guard.confirm(preview.plan_id, actor, digest=preview.digest, reason_code="goodwill", ticket="T-7")
    return preview.plan_id


def test_a_forged_minute_shows_nothing_to_those_who_may_not_reveal(open_page: Open) -> None:
    at = open_page(OVERVIEW, customer="maria.pending")
    guard = guard_of(at)
    until = guard.reveal("shop", SUPERVISOR, Target("profile", "maria.pending"), "Name")
    for role in ("Viewer", "Checker"):
        assert not may(role.lower(), "reveal a masked field")
        key = ("shop", NAME, role.lower(), "", "profile", "maria.pending", "Name")
        at.session_state["desk-revealed"] = {key: until}
        at = as_role(at, role)
        assert "Keller" not in everything(at)
