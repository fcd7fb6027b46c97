"""Plan, preview, confirm: what is sent, what is promised, what is found."""

import pytest

from desk.guard import (
    Actor,
    CancelSession,
    Change,
    EraseCustomer,
    Fact,
    GenerateCard,
    Guard,
    LinkCard,
    NotConfirmable,
    Outcome,
    ReleaseCoupon,
    ReopenSession,
    ReserveCoupon,
    ReturnedItem,
    ReturnItems,
    Target,
    UnknownPlan,
    UnlinkCard,
    UpdateProfile,
    Verification,
)
from talon_client import NotAllowed
from tests.guard.conftest import AGENT, ON_SQLITE, SUPERVISOR, VIEWER, Bench
from tests.guard.shop import Shop

RETURN = ReturnItems(session_id="ORD-1", items=(ReturnedItem(position=0, quantity=2),))
EVERY: dict[str, Change] = {
    "reserve": ReserveCoupon(code="SUMMER", profile_id="maria"),
    "release": ReleaseCoupon(code="WINTER", profile_id="ben"),
    "link": LinkCard(program_id=2, card_id="CARD-1", profile_id="maria"),
    "generate": GenerateCard(program_id=2, card_id="CARD-9", profile_ids=("ben",)),
    "return": RETURN,
    "reopen": ReopenSession(session_id="ORD-1"),
    "cancel": CancelSession(session_id="ORD-1"),
    "update_profile": UpdateProfile(profile_id="maria", attributes={"City": "Paris", "Score": 41.5}),
    "unlink": UnlinkCard(program_id=2, card_id="CARD-3", profile_id="ben"),
    "erase": EraseCustomer(profile_id="maria"),
}
BY: dict[str, Actor] = {"erase": SUPERVISOR}
"""Who makes it; an agent where nobody is named."""


@pytest.fixture(params=EVERY)
def kind(request: pytest.FixtureRequest, shop: Shop) -> str:
    shop.holders["WINTER"] = ["ben"]
    return str(request.param)


def test_every_change_is_done_once_and_proven(bench: Bench, guard: Guard, kind: str) -> None:
    actor = BY.get(kind, AGENT)
    preview = bench.previewed(guard, EVERY[kind], actor)
    assert preview.confirmable
    assert bench.shop.effects[kind] == 0
    receipt = guard.confirm(preview.plan_id, actor, digest=preview.digest, reason="goodwill", ticket="4711")
    assert (receipt.outcome, receipt.words) == (Outcome.DONE, "done")
    assert receipt.verification is Verification.AS_PREVIEWED, receipt.lines
    assert (receipt.reason, receipt.ticket, receipt.actor) == ("goodwill", "4711", actor.name)
    assert bench.shop.effects[kind] == bench.shop.sent(kind) == 1
    again = guard.confirm(preview.plan_id, actor, digest=preview.digest)
    assert again == receipt
    assert bench.shop.effects[kind] == 1


def test_what_a_later_change_took_back_is_known(bench: Bench, guard: Guard) -> None:
    def made(change: Change) -> str:
        bench.clock.advance(seconds=1)
        preview = bench.previewed(guard, change)
        return guard.confirm(preview.plan_id, AGENT, digest=preview.digest).id

    first = made(ReserveCoupon(code="SUMMER", profile_id="maria"))
    made(ReserveCoupon(code="SUMMER", profile_id="ben"))
    made(ReleaseCoupon(code="SUMMER", profile_id="ben"))
    assert guard.taken_back(first) is None, "another customer's release"
    released = made(ReleaseCoupon(code="SUMMER", profile_id="maria"))
    back = guard.taken_back(first)
    assert back is not None
    assert back.id == released
    assert guard.taken_back(released) is None
    again = made(ReserveCoupon(code="SUMMER", profile_id="maria"))
    assert guard.taken_back(again) is None
    assert guard.taken_back(made(RETURN)) is None


def test_what_is_sent_is_what_was_previewed(bench: Bench, guard: Guard) -> None:
    """A dry run and the real request differ in `dry` and the key, and in nothing else."""
    dry, real = RETURN.dry(), RETURN.call()
    assert (dry.path, dry.content, dry.query) == (real.path, real.content, (("dry", "true"), *real.query))
    preview = bench.previewed(guard, RETURN)
    guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    paths = {kind: (path, key) for kind, path, key in bench.shop.requests if "return" in kind}
    assert paths["dry_return"][0] == "/v2/customer_sessions/ORD-1/returns?dry=true"
    assert paths["return"] == ("/v2/customer_sessions/ORD-1/returns", preview.plan_id)


def test_what_a_page_reckons_of_a_ledger_stands_in_place_of_the_sum(bench: Bench, guard: Guard) -> None:
    """Where part of an award has expired, a return takes that part and the sum does not move by the effect."""
    plan = guard.plan("shop", AGENT, RETURN)
    reckoned = [Fact("points.active", ("1", ""), "80"), Fact("points.pending", ("1", ""), "0")]
    preview = guard.preview(plan.id, AGENT, predicted=reckoned)
    topics = {fact.topic for fact in preview.expected if fact.about == ("1", "")}
    assert topics == {"points.active", "points.pending", "effect.points_taken_back"}
    receipt = guard.confirm(plan.id, AGENT, digest=preview.digest)
    assert receipt.verification is Verification.AS_PREVIEWED, receipt.lines


def test_a_return_promises_points_and_keeps_its_promise(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)
    expected = {(fact.topic, fact.about): fact.value for fact in preview.expected}
    assert expected[("item.returned", ("0", "TEA"))] == 2
    assert expected[("points.total", ("1", ""))] == "80"
    assert expected[("effect.points_taken_back", ("1", ""))] == "20"
    assert [note.code for note in preview.notes] == ["tier_at_risk"]
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    lines = {(line.topic, line.about): (line.before, line.expected, line.actual) for line in receipt.lines}
    assert lines[("session.state", ())] == ("closed", "partially_returned", "partially_returned")
    assert lines[("points.total", ("1", ""))] == ("100", "80", "80")
    assert {target.kind for target in receipt.subjects} == {"session", "profile"}


def test_a_return_that_takes_more_than_there_is_warns(bench: Bench, guard: Guard) -> None:
    bench.shop.points["maria"] = 5
    notes = {note.code: note for note in bench.previewed(guard, RETURN).notes}
    assert notes["negative_balance"].value("points") == "-15"


def test_what_came_out_differently_is_said(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)
    bench.shop.points["maria"] += 500  # somebody else's doing, between preview and confirmation
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert receipt.verification is Verification.DIFFERS
    assert [(line.topic, line.expected, line.actual) for line in receipt.lines if line.differs] == [
        ("points.total", "80", "580")
    ]


@ON_SQLITE
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (ReserveCoupon(code="SUMMER", profile_id="nobody"), "profile_unknown"),
        (ReserveCoupon(code="HELD", profile_id="maria"), "already_holds"),
        (ReleaseCoupon(code="SUMMER", profile_id="maria"), "does_not_hold"),
        (LinkCard(program_id=2, card_id="CARD-2", profile_id="ben"), "already_linked"),
        (LinkCard(program_id=2, card_id="CARD-2", profile_id="nobody"), "profile_unknown"),
        (GenerateCard(program_id=2, card_id="CARD-2"), "card_exists"),
        (ReturnItems(session_id="ORD-1", items=(ReturnedItem(position=0, quantity=4),)), "more_than_left"),
        (ReturnItems(session_id="ORD-1", items=(ReturnedItem(position=7, quantity=1),)), "item_unknown"),
        (ReturnItems(session_id="OPEN", items=(ReturnedItem(position=0, quantity=1),)), "session_not_closed"),
        (ReopenSession(session_id="OPEN"), "session_not_closed"),
        (UpdateProfile(profile_id="maria", attributes={"City": "Lyon"}), "nothing_to_change"),
        (UpdateProfile(profile_id="nobody", attributes={"City": "Lyon"}), "profile_unknown"),
        (UnlinkCard(program_id=2, card_id="CARD-2", profile_id="maria"), "not_linked"),
    ],
)
def test_what_makes_no_sense_cannot_be_confirmed(
    bench: Bench, guard: Guard, change: Change, code: str
) -> None:
    bench.shop.holders["HELD"] = ["maria"]
    bench.shop.cards[(2, "CARD-2")] = ["ben"]
    bench.shop.sessions["OPEN"] = {**bench.shop.sessions["ORD-1"], "state": "open"}
    preview = bench.previewed(guard, change)
    assert code in [note.code for note in preview.blocks]
    with pytest.raises(NotConfirmable):
        guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert not bench.shop.effects


def test_the_apis_own_refusal_of_the_dry_run_is_the_preview(bench: Bench, guard: Guard) -> None:
    bench.shop.sessions["ORD-1"]["cartItems"][0]["quantity"] = 3

    def stricter(*_: object) -> object:
        return __import__("httpx").Response(400, json={"message": "returns are closed"})

    bench.shop.faults["dry_return"].append(stricter)  # type: ignore[arg-type]
    preview = bench.previewed(guard, RETURN)
    assert preview.refusal is not None
    assert (preview.refusal.status, preview.refusal.message) == (400, "returns are closed")
    with pytest.raises(NotConfirmable):
        guard.confirm(preview.plan_id, AGENT, digest=preview.digest)


def test_a_preview_is_made_once(bench: Bench, guard: Guard) -> None:
    plan = guard.plan("shop", AGENT, RETURN)
    first = guard.preview(plan.id, AGENT, shown={"stays": ["giveaway"]})
    asked = len(bench.shop.requests)
    assert bench.guard().preview(plan.id, AGENT) == first
    assert guard.planned(plan.id) == (plan, first)
    assert guard.change(plan.id) == RETURN
    assert len(bench.shop.requests) == asked
    assert first.shown == {"stays": ["giveaway"]}


def test_a_viewer_changes_nothing_and_the_attempt_is_recorded(bench: Bench, guard: Guard) -> None:
    with pytest.raises(NotAllowed):
        guard.plan("shop", VIEWER, RETURN)
    preview = bench.previewed(guard, RETURN)
    with pytest.raises(NotAllowed):
        guard.confirm(preview.plan_id, VIEWER, digest=preview.digest)
    assert not bench.shop.effects
    refused = guard.audit.rows(outcome="not_allowed")
    assert [(row.actor, row.operation) for row in refused] == [("vera", "return_cart_items")] * 2


def test_a_link_that_leads_nowhere(guard: Guard) -> None:
    with pytest.raises(UnknownPlan):
        guard.confirm("0000", AGENT, digest="")
    with pytest.raises(UnknownPlan):
        guard.receipt("0000")


def test_recent_changes_are_found_by_everything_that_they_touched(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)
    guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    for target in (Target("session", "ORD-1"), Target("profile", "maria"), None):
        assert [receipt.id for receipt in guard.recent("shop", target)] == [preview.plan_id]
    assert guard.recent("shop", Target("profile", "ben")) == []
    assert guard.recent("shop", actor="sven") == []


def test_undo_is_a_change_like_any_other(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, EVERY["reserve"])
    assert guard.undo(preview.plan_id) is None
    guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    back = guard.undo(preview.plan_id)
    assert back == ReleaseCoupon(code="SUMMER", profile_id="maria")
    preview = bench.previewed(guard, back)
    assert guard.confirm(preview.plan_id, AGENT, digest=preview.digest).outcome is Outcome.DONE
    assert bench.shop.holders["SUMMER"] == []
