"""The verdict on missing points, on answers made by hand: what decides, what is only evidence, and what is not said."""

# mypy: disable-error-code="comparison-overlap"
# Amounts are compared with whole numbers: 70 reads better than Decimal("70").

from typing import Any

import pytest

from desk.insight.missing import which_order
from desk.insight.missing_fates import Fate
from desk.insight.missing_verdict import Certainty, Verdict
from talon_client.models import CustomerInventory
from tests.insight.help import BAD, DOWN, FORBIDDEN, NOT_FOUND, Book, day, effect, play
from tests.insight.missing_help import ORDER, Answered, earned, fates, lists_of
from tests.insight.orders import answered


@pytest.mark.parametrize("error", [NOT_FOUND, BAD])
def test_an_order_that_nobody_has_is_asked_for_once(error: Any) -> None:
    api = Answered(session=error)
    assert api.ask().verdict is Verdict.UNKNOWN_ORDER
    assert api.asked() == ["get_customer_session"]


def test_an_open_order_is_open_whatever_it_proposes() -> None:
    api = Answered(answered("open", (effect("addLoyaltyPoints", programId=1, value=5),)))
    assert api.ask().verdict is Verdict.OPEN
    assert len(api.calls) == 1


@pytest.mark.parametrize("state", ["open", "closed", "cancelled"])
def test_somebody_elses_order_is_told_before_anything_about_it(state: str) -> None:
    api = Answered(answered(state), p1=earned())
    assert api.ask("paul").verdict is Verdict.OTHER_ACCOUNT
    assert len(api.calls) == 1


def test_whoever_made_the_order_may_be_named() -> None:
    book = earned()
    api = Answered(p1=book)
    api.lists = lists_of(book, active={0: 100})
    assert api.ask("maria").verdict is Verdict.THERE


def test_an_order_without_an_account_and_without_a_card() -> None:
    api = Answered(answered(profileId=""))
    assert api.ask().verdict is Verdict.OTHER_ACCOUNT
    assert len(api.calls) == 1


def test_pending_until_a_date() -> None:
    book = earned(starts=day(4), expires=day(90))
    api = Answered(p1=book)
    api.lists = lists_of(book, pending={0: 100})
    found = api.ask()
    assert (found.verdict, found.certainty, found.amount) == (Verdict.PENDING, Certainty.PROVEN, 100)
    assert found.main is not None
    assert found.main.of(Fate.PENDING)[0].at == day(4)
    assert api.dry() == []


def test_pending_until_an_action() -> None:
    book = earned(starts="on_action")
    api = Answered(p1=book)
    api.lists = lists_of(book, pending={0: 100})
    assert api.ask().verdict is Verdict.WAITING
    assert [dict(call.query)["status"] for call in api.calls[3:]] == ["pending", "active"]


def test_activated_since_although_its_row_still_waits() -> None:
    book = earned(starts="on_action")
    api = Answered(p1=book)
    book_now = Book()
    book_now.add("100", day(-20), expires=day(30), customerSessionId=ORDER)
    api.lists = lists_of(book_now, active={0: 100})
    assert api.ask().verdict is Verdict.THERE


def test_activated_and_used_since() -> None:
    found = Answered(p1=earned(starts="on_action")).ask()
    assert (found.verdict, found.certainty) == (Verdict.SPENT, Certainty.INFERRED)


def test_spent_says_by_which_order_and_that_this_is_inferred() -> None:
    book = earned()
    book.take("100", day(-5), customerSessionId="ORD-2")
    found = Answered(p1=book).ask()
    assert (found.verdict, found.certainty, found.amount) == (Verdict.SPENT, Certainty.INFERRED, 100)
    assert found.main is not None
    (part,) = found.main.parts
    assert part.by is not None
    assert (part.by.session, part.at, part.inferred) == ("ORD-2", day(-5), True)


def test_spent_and_given_back_is_there_again() -> None:
    book = earned(expires=day(60))
    book.take("100", day(-5), customerSessionId="ORD-2", ruleName="pay", rulesetId=8)
    book.add("100", day(-4), expires=day(60), customerSessionId="ORD-2", ruleName="pay", rulesetId=8)
    api = Answered(p1=book)
    api.lists = lists_of(book, active={1: 100})
    found = api.ask()
    assert (found.verdict, found.certainty) == (Verdict.THERE, Certainty.INFERRED)
    assert found.main is not None
    assert [part.back_from for part in found.main.parts] == ["ORD-2"]


def test_expired_on_a_date() -> None:
    book = earned(expires=day(-2))
    api = Answered(p1=book)
    api.lists = lists_of(book, expired={0: 100})
    found = api.ask()
    assert (found.verdict, found.certainty) == (Verdict.EXPIRED, Certainty.PROVEN)
    assert found.main is not None
    assert found.main.of(Fate.EXPIRED)[0].at == day(-2)


def test_an_expiry_that_was_moved_is_seen_in_the_list() -> None:
    book = earned(expires=day(-2))
    extended = earned(expires=day(20))
    api = Answered(p1=book)
    api.lists = lists_of(extended, active={0: 100})
    assert api.ask().verdict is Verdict.THERE


@pytest.mark.parametrize(
    ("spent", "verdict"), [("60", Verdict.SPENT), ("50", Verdict.SPENT), ("40", Verdict.EXPIRED)]
)
def test_partly_spent_and_partly_expired_is_what_most_of_it_is(spent: str, verdict: Verdict) -> None:
    book = earned(expires=day(-2))
    book.take(spent, day(-5), customerSessionId="ORD-2")
    api = Answered(p1=book)
    api.lists = lists_of(book, expired={0: 100 - int(spent)})
    found = api.ask()
    assert found.verdict is verdict
    assert fates(found) == {"spent": int(spent), "expired": 100 - int(spent)}


def test_what_the_api_lists_as_unused_outweighs_the_inferred_spend() -> None:
    book = Book()
    book.add("100", day(-20), expires=day(50), customerSessionId=ORDER)
    book.add("100", day(-19), expires=day(60), customerSessionId="ORD-0")
    book.take("80", day(-5), customerSessionId="ORD-2")
    api = Answered(p1=book)
    api.lists = lists_of(book, active={0: 100, 1: 20})  # the API took the other one, against its own order
    found = api.ask()
    assert found.verdict is Verdict.THERE
    assert fates(found) == {"there": 100}


def test_a_return_took_back_all_or_most_or_little() -> None:
    for taken, left, verdict in (
        ("100", 0, Verdict.ROLLED_BACK),
        ("70", 30, Verdict.ROLLED_BACK),
        ("20", 80, Verdict.THERE),
    ):
        book = earned()
        book.take(taken, day(-5), customerSessionId=ORDER, ruleName="a rule", rulesetId=7)
        api = Answered(answered("partially_returned"), p1=book)
        api.lists = lists_of(book, active={0: left} if left else {})
        found = api.ask()
        assert found.verdict is verdict
        assert sum(fates(found).values()) == 100


def test_a_cancelled_order_is_cancelled_with_rows_and_without() -> None:
    book = earned()
    book.take("100", day(-5), customerSessionId=ORDER, ruleName="a rule", rulesetId=7)
    found = Answered(answered("cancelled"), p1=book).ask()
    assert (found.verdict, found.fate, found.amount) == (Verdict.ROLLED_BACK, Fate.TAKEN_BACK, 100)
    api = Answered(answered("cancelled"))
    assert api.ask().verdict is Verdict.ROLLED_BACK
    assert api.dry() == []


def test_what_still_stands_of_a_cancelled_order_is_not_called_taken_back() -> None:
    """A program may take back pending points only, or none that were spent."""
    book = earned("250")
    api = Answered(answered("cancelled"), p1=book)
    api.lists = lists_of(book, active={0: 250})
    found = api.ask()
    assert (found.verdict, found.amount, found.though_cancelled) == (Verdict.THERE, 250, True)
    book = earned("250")
    book.take("250", day(-10), customerSessionId="ORD-2", ruleName="pay", rulesetId=8)
    found = Answered(answered("cancelled"), p1=book).ask()
    assert (found.verdict, found.certainty) == (Verdict.SPENT, Certainty.INFERRED)
    book = earned("250")
    book.take("150", day(-10), customerSessionId="ORD-2", ruleName="pay", rulesetId=8)
    book.take("100", day(-5), customerSessionId=ORDER, ruleName="a rule", rulesetId=7)
    found = Answered(answered("cancelled"), p1=book).ask()
    assert (found.verdict, found.amount) == (Verdict.SPENT, 150)


def test_what_was_taken_from_other_points_or_below_zero_is_taken_back_too() -> None:
    book = earned("250")
    book.take("200", day(-10), customerSessionId="ORD-2", ruleName="pay", rulesetId=8)
    for part in ("50", "200"):
        book.take(part, day(-5), customerSessionId=ORDER, ruleName="a rule", rulesetId=7)
    found = Answered(answered("cancelled"), p1=book).ask()
    assert (found.verdict, found.fate, found.amount) == (Verdict.ROLLED_BACK, Fate.TAKEN_BACK, 250)
    assert fates(found) == {"spent": 200, "taken back": 50}


def test_closed_again_after_a_reopening_speaks_of_the_second_closing() -> None:
    book = earned()
    book.take("100", day(-15), customerSessionId=ORDER, ruleName="a rule", rulesetId=7)
    book.add("100", day(-14), starts=day(3), customerSessionId=ORDER, ruleName="a rule", rulesetId=7)
    api = Answered(p1=book)
    api.lists = lists_of(book, pending={2: 100})
    assert api.ask().verdict is Verdict.PENDING


def test_taken_back_by_a_reopening_and_not_given_again_is_no_row() -> None:
    book = earned()
    book.take("100", day(-15), customerSessionId=ORDER, ruleName="a rule", rulesetId=7)
    api = Answered(p1=book)
    assert api.ask().verdict is Verdict.RULE_FAILED
    assert len(api.dry()) == 1


@pytest.mark.parametrize(("starts", "fate"), [("immediate", Fate.ACTIVE), (day(3), Fate.PENDING)])
def test_points_of_another_subledger_are_elsewhere(starts: Any, fate: Fate) -> None:
    book = Book("shoes")
    book.add("100", day(-20), starts, customerSessionId=ORDER)
    api = Answered(p1=book)
    api.lists = lists_of(book, pending={0: 100}) if fate is Fate.PENDING else lists_of(book, active={0: 100})
    found = api.ask()
    assert (found.verdict, found.fate) == (Verdict.ELSEWHERE, fate)
    assert found.main is not None
    assert found.main.purse.subledger == "shoes"


def test_points_of_another_subledger_that_expired_there_are_expired() -> None:
    book = Book("shoes")
    book.add("100", day(-20), expires=day(-1), customerSessionId=ORDER)
    api = Answered(p1=book)
    api.lists = lists_of(book, expired={0: 100})
    assert api.ask().verdict is Verdict.EXPIRED


def test_points_on_a_card_that_the_order_names() -> None:
    book = earned()
    session = answered(profileId="", loyaltyCards=["CARD-1"])
    api = Answered(session, **{"CARD-1": book})
    api.lists = lists_of(book, "CARD-1", active={0: 100})
    found = api.ask(card_programs=(2,))
    assert found.verdict is Verdict.ELSEWHERE
    assert found.main is not None
    assert (found.main.purse.program_id, found.main.purse.card) == (2, "CARD-1")
    assert "get_customer_inventory" not in api.asked()


def test_cards_and_programs_of_the_inventory_are_looked_through_too() -> None:
    book = earned()
    api = Answered(p9=book)
    api.lists = lists_of(book, "p9", active={0: 100})
    api.inventory = CustomerInventory.model_validate(
        {"loyalty": {"programs": {"9": {"id": 9}}, "cards": [{"identifier": "CARD-7", "programID": 4}]}}
    )
    found = api.ask()
    assert found.verdict is Verdict.THERE
    assert [(each.program_id, each.card) for each in found.searched] == [(1, ""), (9, ""), (4, "CARD-7")]


def test_the_main_ledger_is_spoken_of_and_the_rest_is_evidence() -> None:
    main, shoes = earned("10", starts=day(3)), Book("shoes")
    shoes.add("500", day(-20), customerSessionId=ORDER)
    main.rows += shoes.rows
    api = Answered(p1=main)
    api.lists = lists_of(main, pending={0: 10}, active={1: 500})
    found = api.ask()
    assert (found.verdict, found.amount) == (Verdict.PENDING, 10)
    assert [each.purse.subledger for each in found.others] == ["shoes"]


@pytest.mark.parametrize("error", [DOWN, FORBIDDEN])
def test_half_an_answer_is_no_verdict(error: Any) -> None:
    book = earned(starts=day(4))
    for broken in ("session", "inventory", "p1", "p2", "pending"):
        api = Answered(p1=book, p2=Book())
        api.lists = lists_of(book, pending={0: 100})
        match broken:
            case "session" | "inventory":
                setattr(api, broken, error)
            case "pending":
                api.lists["p1", "pending"] = error
            case program:
                api.books[program] = error
        found = api.ask(programs=(1, 2))
        assert found.verdict is None, broken
        assert [each.error for each in found.unread] == [error], broken
        assert api.dry() == [], broken


def test_a_customer_who_is_in_no_program_has_no_ledger_to_look_through() -> None:
    api = Answered()
    api.inventory = NOT_FOUND
    assert api.ask(programs=()).verdict is Verdict.RULE_FAILED


def test_at_most_three_lists_for_a_program_and_two_other_reads() -> None:
    book = earned(starts="on_action")
    book.add("5", day(-20), starts=day(3), customerSessionId=ORDER)
    book.add("5", day(-20), expires=day(-3), customerSessionId=ORDER)
    book.add("5", day(-20), customerSessionId=ORDER)
    api = Answered(p1=book)
    api.lists = lists_of(book, pending={0: 100, 1: 5}, active={3: 5})
    found = api.ask()
    assert len(api.calls) == 2 + 3
    assert fates(found) == {
        "pending until an action": 100,
        "pending until a date": 5,
        "expired": 5,
        "there": 5,
    }


def test_the_first_spelling_that_an_order_has() -> None:
    def respond(call: Any) -> Any:
        return answered() if call.argument("customer_session_id") == "ORD-7" else NOT_FOUND

    assert play(which_order(["7", "ORD-7"]), respond)[0] == "ORD-7"
    assert play(which_order(["7", "8"]), respond)[0] == "7"
    assert play(which_order(["7"]), respond) == ("7", [])
