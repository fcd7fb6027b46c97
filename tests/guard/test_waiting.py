"""A change above somebody's limit: a second person decides, once, on what is true then."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from desk.guard import (
    Actor,
    Guard,
    GuardError,
    NeedsSupervisor,
    NotConfirmable,
    Outcome,
    Preview,
    Role,
    State,
    UnknownPlan,
    Waiting,
)
from desk.policy import Limit, Policy
from talon_client import NotAllowed
from tests.guard.conftest import AGENT, ON_SQLITE, SUPERVISOR, VIEWER, Bench
from tests.guard.shop import answering, lost, swallowed
from tests.guard.test_locks import together
from tests.guard.test_write_path import RETURN

OTHER = Actor("sara", Role.SUPERVISOR, signed_in=True)
ANTON = Actor("anton", Role.AGENT, signed_in=True)
LIMITS = {Role.AGENT: Limit(points=Decimal(5)), Role.SUPERVISOR: Limit(points=Decimal(10))}
STRICT = Policy(ticket_required=("return_cart_items",), limits=LIMITS)


@pytest.fixture
def guard(bench: Bench) -> Guard:
    bench.policy = STRICT
    return bench.guard()


def ask(bench: Bench, guard: Guard, actor: Actor = AGENT) -> str:
    """A return that waits; its plan."""
    preview = bench.previewed(guard, RETURN, actor)
    with pytest.raises(NeedsSupervisor):
        confirm(guard, preview, actor)
    return preview.plan_id


def confirm(guard: Guard, preview: Preview, actor: Actor, ticket: str = "T-1"):  # type: ignore[no-untyped-def]
    return guard.confirm(
        preview.plan_id, actor, digest=preview.digest, reason_code="goodwill", reason="late", ticket=ticket
    )


def again(guard: Guard, plan_id: str, actor: Actor = SUPERVISOR) -> Preview:
    """Somebody looks at it as it is now."""
    return guard.preview(guard.renew(plan_id, actor).id, actor)


def state(guard: Guard, plan_id: str) -> Waiting:
    return guard.waiting(plan_id, SUPERVISOR)


def test_it_keeps_who_asked_why_and_how_far_above(bench: Bench, guard: Guard) -> None:
    found = state(guard, ask(bench, guard))
    assert (found.state, found.actor, found.role, found.asked) == (
        State.WAITING,
        "agnes",
        Role.AGENT,
        bench.clock(),
    )
    assert (found.reason_code, found.reason, found.ticket) == ("goodwill", "late", "T-1")
    assert [(each.what, each.is_, each.limit) for each in found.over] == [("points", "20", "5")]
    (row,) = guard.audit.rows()
    assert (row.outcome, row.operation, row.change_id) == ("waiting", "return_cart_items", found.plan_id)
    assert json.loads(row.detail or "")["over"] == [["points", "20", "5"]]
    assert guard.all_waiting("shop", AGENT) == guard.all_waiting("shop", SUPERVISOR) == [found]
    assert guard.all_waiting("shop", ANTON) == []
    with pytest.raises(UnknownPlan):
        guard.waiting(found.plan_id, ANTON)


def test_a_supervisor_confirms_it_and_both_lead_to_each_other(bench: Bench, guard: Guard) -> None:
    """Above the supervisor's own limit too: two people have looked."""
    plan_id = ask(bench, guard)
    bench.clock.advance(hours=3)
    receipt = confirm(guard, again(guard, plan_id), SUPERVISOR)
    assert (receipt.outcome, receipt.actor, bench.shop.effects["return"]) == (Outcome.DONE, "sven", 1)
    found = state(guard, plan_id)
    assert (found.state, found.decided_by, found.change_id) == (State.CONFIRMED, "sven", receipt.id)
    assert found.decided == bench.clock()
    assert guard.asked_for(receipt.id) == found
    sending = next(row for row in guard.audit.rows() if row.outcome == "sending")
    assert json.loads(sending.detail or "").items() >= {"asked_by": "agnes", "waited": plan_id}.items()
    assert guard.audit.verify().intact


def test_who_needed_nobody_asked_nobody(bench: Bench, guard: Guard) -> None:
    bench.policy = Policy(reason_required=())
    free = bench.guard()
    receipt = confirm(free, bench.previewed(free, RETURN), AGENT)
    assert free.asked_for(receipt.id) is None
    assert free.asked_for("no such receipt") is None


@pytest.mark.parametrize(
    ("actor", "why"),
    [
        (VIEWER, "may not change anything"),
        (Actor("chen", Role.CHECKER, signed_in=True), "may not change anything"),
        (ANTON, "Only a supervisor may confirm what waits."),
        (replace(AGENT, role=Role.SUPERVISOR), "Somebody else has to confirm what you asked for."),
    ],
    ids=["viewer", "checker", "another agent", "whoever asked, now a supervisor"],
)
def test_nobody_else_can_and_that_is_written_down(bench: Bench, guard: Guard, actor: Actor, why: str) -> None:
    plan_id = ask(bench, guard)
    preview = again(guard, plan_id)
    with pytest.raises(NotAllowed, match=why):
        confirm(guard, preview, actor)
    if actor.name != AGENT.name:
        with pytest.raises(NotAllowed, match=why):
            guard.decline(plan_id, actor, "no")
    rows = guard.audit.rows(outcome="not_allowed")
    assert {(row.actor, row.role) for row in rows} == {(actor.name, actor.role.value)}
    assert bench.shop.sent("return") == 0
    assert state(guard, plan_id).state is State.WAITING


def test_whoever_asked_can_neither_send_it_nor_have_it_sent_unseen(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)
    for _ in range(2):
        with pytest.raises(NeedsSupervisor):
            confirm(guard, preview, AGENT)
    with pytest.raises(NotConfirmable, match="look at it as it is now"):
        confirm(guard, preview, SUPERVISOR)
    with pytest.raises(NeedsSupervisor):  # a raised limit does not make up for the second look either
        bench.policy = Policy()
        confirm(bench.guard(), preview, AGENT)
    assert bench.shop.sent("return") == 0


def test_it_is_confirmed_once(bench: Bench, guard: Guard) -> None:
    plan_id = ask(bench, guard)
    first, second = again(guard, plan_id), again(guard, plan_id, OTHER)
    assert confirm(guard, first, SUPERVISOR).outcome is Outcome.DONE
    with pytest.raises(NotConfirmable, match="sven has decided about this already"):
        confirm(guard, second, OTHER)
    with pytest.raises(GuardError, match="decided about this meanwhile"):
        guard.decline(plan_id, OTHER, "no")
    assert bench.shop.effects["return"] == bench.shop.sent("return") == 1


def test_two_supervisors_at_once_make_one_return(bench: Bench, guard: Guard) -> None:
    plan_id = ask(bench, guard)
    previews = [(again(guard, plan_id, each), each) for each in (SUPERVISOR, OTHER)]

    def job(preview: Preview, actor: Actor):  # type: ignore[no-untyped-def]
        try:
            return confirm(guard, preview, actor)
        except NotConfirmable as error:
            return error

    found = together([lambda each=each: job(*each) for each in previews])  # type: ignore[misc]
    done = [each for each in found if not isinstance(each, Exception) and each.outcome is Outcome.DONE]
    assert len(done) == bench.shop.sent("return") == 1
    assert state(guard, plan_id).change_id == done[0].id


def test_a_decision_between_the_last_look_and_the_send_counts(bench: Bench, guard: Guard) -> None:
    plan_id = ask(bench, guard)
    preview = again(guard, plan_id)

    def declined(shop, request, act):  # type: ignore[no-untyped-def]
        bench.guard().decline(plan_id, OTHER, "seen the parcel, it is empty")
        return act()

    bench.shop.faults["get_session"] = [declined]
    receipt = confirm(guard, preview, SUPERVISOR)
    assert (receipt.outcome, receipt.words, receipt.sent) == (Outcome.STALE, "stale.changed", None)
    assert bench.shop.sent("return") == 0
    assert (state(guard, plan_id).state, state(guard, plan_id).decided_by) == (State.DECLINED, "sara")


def test_it_goes_stale_when_the_target_changed_and_waits_on(bench: Bench, guard: Guard) -> None:
    plan_id = ask(bench, guard)
    preview = again(guard, plan_id)
    bench.shop.sessions["ORD-1"]["cartItems"][1]["returnedQuantity"] = 1
    receipt = confirm(guard, preview, SUPERVISOR)
    assert (receipt.outcome, receipt.words) == (Outcome.STALE, "stale.changed")
    assert state(guard, plan_id).state is State.WAITING
    receipt = confirm(guard, again(guard, receipt.id), SUPERVISOR)
    assert receipt.outcome is Outcome.DONE
    assert state(guard, plan_id).change_id == receipt.id, "through both renewals"


def test_it_goes_stale_after_two_minutes_and_waits_on(bench: Bench, guard: Guard) -> None:
    plan_id = ask(bench, guard)
    preview = again(guard, plan_id)
    bench.clock.advance(seconds=121)
    assert confirm(guard, preview, SUPERVISOR).words == "stale.old"
    assert state(guard, plan_id).state is State.WAITING
    assert bench.shop.sent("return") == 0


def test_what_is_not_possible_any_more_can_only_be_declined(bench: Bench, guard: Guard) -> None:
    plan_id = ask(bench, guard)
    bench.shop.sessions["ORD-1"]["cartItems"][0]["returnedQuantity"] = 3
    preview = again(guard, plan_id)
    assert not preview.confirmable
    with pytest.raises(NotConfirmable):
        confirm(guard, preview, SUPERVISOR)
    guard.decline(plan_id, SUPERVISOR, "all of it came back already")
    assert state(guard, plan_id).state is State.DECLINED


@ON_SQLITE
def test_a_refusal_by_the_api_leaves_it_waiting_and_a_lost_answer_does_not(
    bench: Bench, guard: Guard
) -> None:
    plan_id = ask(bench, guard)
    bench.shop.faults["return"] = [answering(400)]
    assert confirm(guard, again(guard, plan_id), SUPERVISOR).outcome is Outcome.REFUSED
    assert (state(guard, plan_id).state, state(guard, plan_id).change_id) == (State.WAITING, "")
    bench.shop.faults["return"] = [swallowed]
    unknown = confirm(guard, again(guard, plan_id), SUPERVISOR)
    assert unknown.outcome is Outcome.UNKNOWN
    assert (state(guard, plan_id).state, state(guard, plan_id).change_id) == (State.CONFIRMED, unknown.id)
    with pytest.raises(NotConfirmable):
        confirm(guard, again(guard, plan_id, OTHER), OTHER)
    bench.clock.advance(seconds=61)
    assert guard.resolve(unknown.id).outcome is Outcome.FAILED
    assert state(guard, plan_id).state is State.WAITING, "it did not happen, so somebody may confirm it"
    bench.shop.faults["return"] = [lost]
    assert confirm(guard, again(guard, plan_id, OTHER), OTHER).outcome is Outcome.DONE
    assert state(guard, plan_id).state is State.CONFIRMED
    assert bench.shop.effects["return"] == 1


def test_declining_needs_a_word_and_is_final(bench: Bench, guard: Guard) -> None:
    plan_id = ask(bench, guard)
    preview = again(guard, plan_id)
    with pytest.raises(GuardError, match="why not"):
        guard.decline(plan_id, SUPERVISOR, "  ")
    guard.decline(plan_id, SUPERVISOR, " not without the parcel ")
    found = guard.waiting(plan_id, AGENT)
    assert (found.state, found.decided_by, found.note) == (State.DECLINED, "sven", "not without the parcel")
    assert [row.outcome for row in guard.audit.rows(actor="sven")] == ["declined"]
    with pytest.raises(NotConfirmable, match="sven has decided"):
        confirm(guard, preview, SUPERVISOR)
    with pytest.raises(NotConfirmable, match="sven has decided"):
        confirm(guard, bench_preview(guard, plan_id), AGENT)
    assert bench.shop.sent("return") == 0


def bench_preview(guard: Guard, plan_id: str) -> Preview:
    """The preview that whoever asked had seen."""
    found = guard.planned(plan_id)[1]
    assert found is not None
    return found


def test_whoever_asked_withdraws_without_a_word_and_nobody_else_does(bench: Bench, guard: Guard) -> None:
    plan_id = ask(bench, guard)
    guard.decline(plan_id, AGENT, "")
    assert (state(guard, plan_id).state, state(guard, plan_id).decided_by) == (State.WITHDRAWN, "agnes")
    with pytest.raises(NotConfirmable):
        confirm(guard, again(guard, plan_id), SUPERVISOR)
    with pytest.raises(UnknownPlan):
        guard.decline("no such plan", SUPERVISOR, "no")


@ON_SQLITE
def test_in_the_demo_the_role_of_the_menu_tells_people_apart(bench: Bench, guard: Guard) -> None:
    agent, supervisor = (Actor("nobody signed in", role) for role in (Role.AGENT, Role.SUPERVISOR))
    plan_id = ask(bench, guard, agent)
    assert guard.waiting(plan_id, agent).asked_by(agent)
    with pytest.raises(GuardError, match="why not"):
        guard.decline(plan_id, supervisor, "")
    assert confirm(guard, again(guard, plan_id, supervisor), supervisor).outcome is Outcome.DONE


@ON_SQLITE
def test_a_supervisor_with_a_limit_asks_another(bench: Bench, guard: Guard) -> None:
    plan_id = ask(bench, guard, SUPERVISOR)
    with pytest.raises(NotAllowed, match="Somebody else"):
        confirm(guard, again(guard, plan_id), SUPERVISOR)
    assert confirm(guard, again(guard, plan_id, OTHER), OTHER).outcome is Outcome.DONE


@ON_SQLITE
@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"ticket": "T-1"}, "choose a reason"),
        ({"ticket": "T-1", "reason_code": "made_up"}, "not in the list"),
        ({"ticket": "T-1", "reason_code": "other"}, "in your own words"),
        ({"ticket": "T-1", "reason_code": "other", "reason": "  "}, "in your own words"),
        ({"reason_code": "goodwill"}, "needs a ticket"),
        ({"reason_code": "goodwill", "ticket": "  "}, "needs a ticket"),
    ],
)
def test_what_the_policy_wants_to_know_is_wanted_before_anything_waits_or_leaves(
    bench: Bench, guard: Guard, said: dict[str, str], why: str
) -> None:
    for actor in (AGENT, SUPERVISOR):
        preview = bench.previewed(guard, RETURN, actor)
        with pytest.raises(NotConfirmable, match=why):
            guard.confirm(preview.plan_id, actor, digest=preview.digest, **said)
    assert guard.all_waiting("shop", SUPERVISOR) == []
    assert bench.shop.sent("return") == 0
