"""Lost answers, refusals, bugs: what the record says afterwards is what happened, and nothing happens twice."""

import httpx
import pytest

from desk.guard import (
    Change,
    Guard,
    GuardError,
    LinkCard,
    Outcome,
    ReleaseCoupon,
    ReturnedItem,
    ReturnItems,
    Verification,
)
from talon_client import NotAllowed
from tests.guard.conftest import AGENT, ON_SQLITE, VIEWER, Bench
from tests.guard.shop import Fault, Shop, answering, garbled, lost, refused_connection, swallowed
from tests.guard.test_write_path import BY, EVERY, RETURN

REPEATED = {"release", "erase"}
"""Kinds whose call the client may repeat by itself: repeating them changes nothing more."""

FAULTS: dict[str, Fault] = {
    "lost": lost,
    "swallowed": swallowed,
    "connect": refused_connection,
    "garbled": garbled,
    "400": answering(400),
    "404": answering(404),
    "409": answering(409),
    "429": answering(429),
    "500": answering(500),
    "503 applied": answering(503, applied=True),
}


@ON_SQLITE
@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_of_every_change_ends_in_the_truth(
    bench: Bench, guard: Guard, kind: str, fault: str
) -> None:
    bench.shop.holders["WINTER"] = ["ben"]
    actor = BY.get(kind, AGENT)
    preview = bench.previewed(guard, EVERY[kind], actor)
    bench.shop.faults[kind] = [FAULTS[fault]] * 3
    receipt = guard.confirm(preview.plan_id, actor, digest=preview.digest)
    applied = bench.shop.effects[kind]
    assert applied <= 1
    if receipt.outcome is Outcome.UNKNOWN:
        assert receipt.look_again is not None
        bench.clock.advance(seconds=61)
        receipt = guard.resolve(receipt.id)
    assert (receipt.outcome is Outcome.DONE) is (applied == 1), receipt.words
    assert not receipt.outcome.open
    if kind not in REPEATED and fault not in ("connect", "429"):
        assert bench.shop.sent(kind) == 1
    assert guard.audit.verify().intact
    # The target is free again, whatever happened.
    assert guard.open("shop") == []


@pytest.mark.parametrize("honours_keys", [False, True])
def test_a_lost_acknowledgement_is_read_back_and_done(bench: Bench, guard: Guard, honours_keys: bool) -> None:
    bench.shop.honours_keys = honours_keys
    preview = bench.previewed(guard, RETURN)
    bench.shop.faults["return"] = [lost]
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.outcome, receipt.words, receipt.known_by) == (
        Outcome.DONE,
        "done.read_back",
        "read_back",
    )
    assert receipt.verification is Verification.AS_PREVIEWED
    assert receipt.problem is not None
    assert bench.shop.effects["return"] == bench.shop.sent("return") == 1


def test_a_deployment_that_honours_keys_is_asked_again_under_the_same_key(bench: Bench) -> None:
    bench.shop.honours_keys = True
    guard = bench.guard(bench.application.model_copy(update={"idempotency_keys": True}))
    preview = bench.previewed(guard, RETURN)
    bench.shop.faults["return"] = [lost]
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.words, receipt.attempts) == ("done", 2)
    assert bench.shop.effects["return"] == 1
    assert {key for kind, _, key in bench.shop.requests if kind == "return"} == {preview.plan_id}


def test_a_refused_repetition_is_looked_at_before_it_is_believed(bench: Bench, guard: Guard) -> None:
    """The first attempt linked the card and its answer was lost; the second is told "already linked"."""
    preview = bench.previewed(guard, EVERY["link"])
    bench.shop.faults["link"] = [lost]
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert receipt.outcome is Outcome.DONE
    assert bench.shop.cards[(2, "CARD-1")] == ["maria"]


def test_a_deployment_that_only_claims_to_honour_keys(bench: Bench) -> None:
    """It is asked again and refuses what it has already done: the refusal is not the truth."""
    guard = bench.guard(bench.application.model_copy(update={"idempotency_keys": True}))
    preview = bench.previewed(guard, EVERY["reopen"])
    bench.shop.faults["reopen"] = [lost]
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.outcome, receipt.words, receipt.attempts) == (Outcome.DONE, "done.read_back", 2)
    assert bench.shop.effects["reopen"] == 1


def test_who_settles_first_is_not_overruled(bench: Bench, guard: Guard) -> None:
    """Two people read back at once; the slower one finds the record settled and leaves it so."""
    preview = bench.previewed(guard, RETURN)
    bench.shop.faults["return"] = [swallowed]
    guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    bench.clock.advance(seconds=61)

    def overtaken(shop: Shop, request: httpx.Request, act: object) -> httpx.Response:
        bench.guard().declare(preview.plan_id, AGENT, applied=True, reason="saw it in Campaign Manager")
        response: httpx.Response = act()  # type: ignore[operator]
        return response

    bench.shop.faults["get_session"] = [overtaken]
    assert guard.resolve(preview.plan_id).words == "done.declared"
    assert [row.outcome for row in guard.audit.rows()] == ["done", "unknown", "sending"]


def test_a_404_on_the_repetition_of_a_release_is_done(bench: Bench, guard: Guard) -> None:
    bench.shop.holders["WINTER"] = ["ben"]
    preview = bench.previewed(guard, ReleaseCoupon(code="WINTER", profile_id="ben"))
    bench.shop.faults["release"] = [lost]
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.outcome, receipt.words) == (Outcome.DONE, "done.already")


def test_the_apis_own_reason_is_on_the_receipt(bench: Bench, guard: Guard) -> None:
    bench.shop.cards[(2, "CARD-1")] = ["ben", "someone"]
    preview = bench.previewed(guard, LinkCard(program_id=2, card_id="CARD-1", profile_id="maria"))
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.outcome, receipt.words) == (Outcome.REFUSED, "refused.bad_request")
    assert receipt.problem is not None
    assert receipt.problem.message == "already linked, or at its limit"
    assert receipt.verification is Verification.NOT_NEEDED


def test_a_target_that_cannot_be_read_is_not_touched(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)
    bench.shop.faults["get_session"] = [answering(401)]
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.outcome, receipt.words) == (Outcome.FAILED, "failed.not_read")
    assert bench.shop.sent("return") == 0


def test_done_and_then_unreadable(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)

    def break_reading(
        shop: Shop, request: httpx.Request, act: object
    ) -> httpx.Response:  # the return itself works; afterwards the session cannot be read
        shop.faults["get_session"] = [answering(401)]
        response: httpx.Response = act()  # type: ignore[operator]
        return response

    bench.shop.faults["return"] = [break_reading]
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.outcome, receipt.verification) == (Outcome.DONE, Verification.COULD_NOT_LOOK)
    assert receipt.unsettled
    seen = guard.resolve(receipt.id)
    assert (seen.verification, seen.unsettled) == (Verification.AS_PREVIEWED, False)
    trail = len(guard.audit.rows())
    assert guard.resolve(receipt.id) == seen
    assert len(guard.audit.rows()) == trail


def test_a_target_that_cannot_be_read_back_stays_unknown(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)

    def lost_and_dark(shop: Shop, request: httpx.Request, act: object) -> httpx.Response:
        act()  # type: ignore[operator]
        shop.faults["get_session"] = [answering(401)] * 2
        raise httpx.ReadError("reset", request=request)

    bench.shop.faults["return"] = [lost_and_dark]
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.outcome, receipt.words) == (Outcome.UNKNOWN, "unknown.lost")
    bench.clock.advance(days=1)
    assert guard.resolve(receipt.id).outcome is Outcome.UNKNOWN
    assert guard.resolve(receipt.id).outcome is Outcome.DONE


def test_done_by_the_apis_word_only(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)
    bench.shop.faults["return"] = [answering(200)]
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.outcome, receipt.verification) == (Outcome.DONE, Verification.NOT_THERE)


def test_what_reading_cannot_tell_is_settled_by_somebody_who_looked(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)

    def somebody_elses(shop: Shop, request: httpx.Request, act: object) -> httpx.Response:
        shop.sessions["ORD-1"]["cartItems"][0]["returnedQuantity"] = 1
        raise httpx.ReadError("reset", request=request)

    bench.shop.faults["return"] = [somebody_elses]
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.outcome, receipt.words) == (Outcome.UNKNOWN, "unknown.unclear")
    bench.clock.advance(days=1)
    assert guard.resolve(receipt.id).words == "unknown.unclear"
    with pytest.raises(GuardError):
        guard.declare(receipt.id, AGENT, applied=False, reason=" ")
    with pytest.raises(NotAllowed):
        guard.declare(receipt.id, VIEWER, applied=False, reason="looked")
    settled = guard.declare(receipt.id, AGENT, applied=False, reason="looked in Campaign Manager")
    assert (settled.outcome, settled.words, settled.known_by) == (
        Outcome.FAILED,
        "failed.declared",
        "declared",
    )
    with pytest.raises(GuardError):
        guard.declare(receipt.id, AGENT, applied=True, reason="looked again")


def test_a_bug_while_sending_is_unknown_and_not_lost(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)

    def bug(shop: Shop, request: httpx.Request, act: object) -> httpx.Response:
        act()  # type: ignore[operator]
        raise ZeroDivisionError

    bench.shop.faults["return"] = [bug]
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.outcome, receipt.words) == (Outcome.DONE, "done.read_back")


def test_proofs_of_a_return() -> None:
    """Read back: exactly the requested units have moved, none, or something else."""
    change: Change = ReturnItems(session_id="ORD-1", items=(ReturnedItem(position=0, quantity=2),))

    def order(state: str, *returned: int | None) -> dict[str, object]:
        return {"state": state, "items": [[i, "S", 3, n] for i, n in enumerate(returned)]}

    table = {
        ("closed", (0, 0), "partially_returned", (2, 0)): "applied",
        ("partially_returned", (1, 0), "partially_returned", (3, 0)): "applied",
        ("closed", (0, 0), "closed", (0, 0)): "not_applied",
        ("partially_returned", (1, 0), "partially_returned", (1, 0)): "not_applied",
        ("closed", (0, 0), "partially_returned", (1, 0)): "unclear",
        ("closed", (0, 0), "partially_returned", (2, 1)): "unclear",
        ("closed", (0, 0), "cancelled", (0, 0)): "unclear",
        # Of the line itself it is not told, of another one it is.
        ("partially_returned", (None, 1), "partially_returned", (None, 1)): "unclear",
        ("partially_returned", (None, 1), "partially_returned", (2, 1)): "applied",
        ("partially_returned", (1, None), "partially_returned", (1, None)): "not_applied",
        ("closed", (0, 0), "partially_returned", (2, None)): "applied",
        # A deployment that never tells returned quantities leaves nothing to read after the first return.
        ("partially_returned", (0, 0), "partially_returned", (0, 0)): "unclear",
    }
    for (before, had, after, has), expected in table.items():
        proof = change.proof(order(before, *had), order(after, *has))  # type: ignore[arg-type]
        assert proof.value == expected, (before, had, after, has)
