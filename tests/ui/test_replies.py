"""What is said to the customer: only what was proven, and never "done" when nobody knows."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from desk.guard import Line, Outcome, Receipt, Role, Target, Verification
from desk.guard.kinds import KINDS
from desk.ui.formats import Formats
from desk.ui.words.replies import reply, returned_items

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RETURNED = Line("item.returned", ("0", "A"), 1, 3, 3, predicted=True, read=True)
POINTS = Line("points.active", ("1", ""), "573", "374", "374", predicted=True, read=True)


def receipt(**changes: object) -> Receipt:
    done = Receipt(
        id="r",
        application="shop",
        world="",
        past_world=False,
        kind="return_items",
        operation="return_cart_items",
        target=Target("session", "ORD-1"),
        subjects=(),
        outcome=Outcome.DONE,
        words="done",
        actor="a",
        role=Role.AGENT,
        reason_code="",
        reason="",
        ticket="",
        planned=NOW,
        confirmed=NOW,
        sent=NOW,
        finished=NOW,
        attempts=1,
        problem=None,
        verification=Verification.AS_PREVIEWED,
        lines=(RETURNED, POINTS),
        effects=(),
        shown=None,
        known_by="answer",
        look_again=None,
    )
    return replace(done, **changes)  # type: ignore[arg-type]


def test_a_return_names_the_items_and_the_points_that_were_read() -> None:
    assert reply(receipt(), Formats()) == (
        "We have registered the return of 2 items from order ORD-1. You can now spend 374 points."
    )


TAKEN = Line("effect.points_taken_back", ("1", ""), None, "175", "175", predicted=True, read=True)
GIVEN = Line("effect.points_given_back", ("1", ""), None, None, "1", predicted=False, read=True)


@pytest.mark.parametrize(
    ("kind", "lines", "said"),
    [
        ("return_items", (TAKEN,), "175 points for the returned items were taken back."),
        ("cancel_session", (TAKEN,), "175 points that this order had earned were taken back."),
        (
            "reopen_session",
            (TAKEN, GIVEN),
            "175 points that this order had earned were taken back. "
            "1 point spent on this order was given back.",
        ),
    ],
)
def test_it_says_why_the_figure_changed(kind: str, lines: tuple[Line, ...], said: str) -> None:
    found = reply(receipt(kind=kind, lines=(RETURNED, POINTS, *lines)), Formats())
    assert found.endswith(f". {said} You can now spend 374 points.")


def test_points_of_another_ledger_are_no_reason() -> None:
    other = replace(TAKEN, about=("2", ""))
    assert "taken back" not in reply(receipt(lines=(RETURNED, POINTS, other)), Formats())


def test_returned_items_are_named() -> None:
    tote = replace(RETURNED, about=("2", "ACC-102", "Canvas tote"), before=0, actual=1)
    unread = replace(RETURNED, read=False)
    assert returned_items(receipt(lines=(RETURNED, tote, unread)), Formats()) == "2 × A, 1 × Canvas tote"


def test_points_that_were_not_read_back_are_not_promised() -> None:
    unread = replace(POINTS, read=False, actual=None)
    assert "spend" not in reply(receipt(lines=(RETURNED, unread)), Formats())


def test_points_of_several_ledgers_are_left_to_the_agent() -> None:
    other = replace(POINTS, about=("1", "shoes"))
    assert "spend" not in reply(receipt(lines=(RETURNED, POINTS, other)), Formats())


def test_items_that_were_not_read_back_are_those_that_were_sent() -> None:
    unread = replace(RETURNED, read=False, actual=None)
    said = reply(receipt(lines=(unread,), verification=Verification.COULD_NOT_LOOK), Formats())
    assert said == "We have registered the return of 2 items from order ORD-1."
    for lines in ((), (replace(RETURNED, actual=RETURNED.before),)):
        assert (
            reply(receipt(lines=lines), Formats())
            == "We have registered the return of items from order ORD-1."
        )


@pytest.mark.parametrize("state", ["active", "used", "expired", "pending", "disabled", None])
def test_a_code_can_be_used_only_where_that_was_read(state: str | None) -> None:
    line = Line("coupon.state", (), None, None, state, predicted=False, read=state is not None)
    found = receipt(kind="reserve_coupon", target=Target("coupon", "SUMMER"), lines=(line,))
    assert reply(found, Formats()).startswith("We have added the coupon SUMMER to your account.")
    assert ("next order" in reply(found, Formats())) is (state == "active")


@pytest.mark.parametrize("topic", ["points.active", "points.pending"])
def test_points_of_a_subledger_are_no_figure_for_the_customer(topic: str) -> None:
    shoes = replace(POINTS, topic=topic, about=("1", "shoes"), actual="0")
    stayed = replace(POINTS, actual=POINTS.before, predicted=False)
    assert "spend" not in reply(receipt(lines=(shoes,)), Formats())
    assert "spend" not in reply(receipt(lines=(stayed, shoes)), Formats())


def test_a_subledger_that_stayed_does_not_matter() -> None:
    shoes = replace(POINTS, about=("1", "shoes"), actual=POINTS.before)
    assert "You can now spend 374 points." in reply(receipt(lines=(RETURNED, POINTS, shoes)), Formats())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_change_has_its_words(kind: str) -> None:
    said = reply(receipt(kind=kind), Formats())
    assert "{" not in said
    assert said != "Your request has been carried out."


def test_a_card_is_called_by_its_number() -> None:
    said = reply(receipt(kind="link_card", target=Target("card", "2/CARD-1001"), lines=()), Formats())
    assert said == "The loyalty card CARD-1001 is now linked to your account."


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.DONE])
def test_what_is_not_done_is_not_called_done(outcome: Outcome) -> None:
    said = reply(receipt(outcome=outcome), Formats())
    assert "We have" not in said


def test_done_but_not_visible_is_being_checked() -> None:
    assert "checking" in reply(receipt(verification=Verification.NOT_THERE), Formats())
