"""Replies on missing points: the shipped texts, own ones on top, what is refused, and what goes into the braces."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from desk.applications import Application
from desk.insight.missing_verdict import Missing, Verdict
from desk.ui import replies
from desk.ui.formats import Formats
from desk.ui.missing_proof import order_line
from desk.ui.missing_reply import reply, written
from desk.ui.missing_words import headline
from talon_client.models import IntegrationStateV2
from tests.insight.help import DOWN, NOT_FOUND, Book, day
from tests.insight.missing_help import ORDER, Answered, lists_of
from tests.insight.orders import answered

SHIPPED = replies.load()
FORMATS = Formats("en-GB", "EUR", "Europe/Berlin")


def shop(locale: str = "en-GB", zone: str = "Europe/Berlin", **more: object) -> Application:
    values = {"name": "shop", "base_url": "https://x", "api_key": "k", "locale": locale, "time_zone": zone}
    return Application.model_validate({**values, **more})


def earned(amount: str = "1250", **more: Any) -> Answered:
    book = Book()
    book.add(amount, day(-20), customerSessionId=ORDER, **more)
    return Answered(p1=book)


def listed(api: Answered, status: str) -> Missing:
    by_status: dict[str, Any] = {status: {0: api.books["p1"].rows[0].amount}}
    api.lists = lists_of(api.books["p1"], **by_status)
    return api.ask()


def said(found: Missing, application: Application | None = None, texts: replies.Replies = SHIPPED) -> str:
    return reply(found, application or shop(), texts)


def test_the_shipped_texts_are_complete_and_every_verdict_has_one() -> None:
    assert set(SHIPPED.languages) == {"en"}
    assert set(SHIPPED.languages["en"]) == set(replies.PLACEHOLDERS)
    own = {Verdict.ROLLED_BACK: "returned", Verdict.ELSEWHERE: "card"}
    for verdict in Verdict:
        assert own.get(verdict, verdict.value) in replies.PLACEHOLDERS


def test_dates_are_days_in_the_applications_zone() -> None:
    found = listed(earned(starts=day(4.5)), "pending")  # midnight UTC
    assert said(found).endswith("has earned 1,250 points. You can use them from 22 June 2026.")
    assert said(found, shop("en-US", "America/New_York")).endswith("from June 21, 2026.")


def test_dates_are_the_programs_days_where_it_has_a_zone_as_on_the_page() -> None:
    found = listed(earned(starts=day(4.5)), "pending")  # midnight UTC
    programs = [{"id": 1, "name": "Club", "time_zone": "America/New_York"}]
    assert said(found, shop(programs=programs)).endswith("from 21 June 2026.")


def test_numbers_follow_the_locale_although_the_text_is_english() -> None:
    found = listed(earned(starts=day(4)), "pending")
    assert (
        said(found, shop("de-DE"))
        == "Order ORD-1 has earned 1.250 points. You can use them from 21 June 2026."
    )


def test_one_point() -> None:
    assert "1 point of" in said(listed(earned("1"), "active"))


def test_what_became_of_the_rest_is_added() -> None:
    book = Book()
    book.add("100", day(-20), expires=day(-2), customerSessionId=ORDER)
    book.take("40", day(-5), customerSessionId="ORD-2")
    api = Answered(p1=book)
    api.lists = lists_of(book, expired={0: 60})
    assert said(api.ask()) == (
        "Order ORD-1 had earned 100 points in all. Of these, 60 points were not used, and expired on 15 June 2026. "
        "Another 40 points have been used since."
    )


def test_what_waits_beside_what_is_there_says_how_many_there_are_in_all() -> None:
    book = Book()
    book.add("25", day(-20), "on_action", customerSessionId=ORDER)
    book.add("20", day(-20), customerSessionId=ORDER)
    api = Answered(p1=book)
    api.lists = lists_of(book, pending={0: 25}, active={1: 20})
    assert said(api.ask()) == (
        "Order ORD-1 has earned 45 points in all. Of these, 25 points cannot be used yet, and no date is set for "
        "them. Another 20 points can be used now."
    )


def spent_in_part(book: Book, starts: Any = "immediate") -> Book:
    book.add("73", day(-20), starts, customerSessionId=ORDER)
    book.add("7", day(-20), customerSessionId=ORDER)
    book.take("7", day(-5), customerSessionId="ORD-2")
    return book


def test_points_on_a_card_of_which_some_were_used() -> None:
    book = spent_in_part(Book())
    api = Answered(answered(profileId="", loyaltyCards=["CARD-1"]), **{"CARD-1": book})
    api.lists = lists_of(book, "CARD-1", active={0: 73})
    found = api.ask(card_programs=(2,))
    assert said(found) == (
        "Order ORD-1 has earned 80 points in all, on the loyalty card that was used for the order. Of these, 73 points "
        "are still there. Another 7 points have been used since."
    )
    told = headline(found, shop(programs=[{"id": 2, "name": "Card"}]), FORMATS)
    assert told.text == "The 80 points of this order went to the card CARD-1"
    assert "73 of them can be used there now. 7 have been used." in told.detail


def test_points_of_a_subledger_of_which_some_come_later() -> None:
    book = spent_in_part(Book("shoes"), starts=day(4))
    api = Answered(p1=book)
    api.lists = lists_of(book, pending={0: 73})
    found = api.ask()
    assert said(found) == (
        "Order ORD-1 has earned 80 points in all, in a separate collection of points in your account, called “shoes”. "
        "Of these, 73 points are still there. They can be used from 21 June 2026. "
        "Another 7 points have been used since."
    )
    told = headline(found, shop(), FORMATS)
    assert told.text == "The 80 points of this order went to “shoes”"
    assert "73 of them are pending until Sun 21 Jun 2026. 7 have been used." in told.detail


def test_a_language_without_the_text_for_a_part_says_that_for_the_whole(tmp_path: Path) -> None:
    (tmp_path / "de.toml").write_text('expired = "Verfallen: {points}."')
    book = Book()
    book.add("100", day(-20), expires=day(-2), customerSessionId=ORDER)
    book.take("40", day(-5), customerSessionId="ORD-2")
    api = Answered(p1=book)
    api.lists = lists_of(book, expired={0: 60})
    assert said(api.ask(), shop("de-DE"), replies.load(tmp_path)) == "Verfallen: 60."


def test_orders_of_other_holders_of_a_card_are_not_named() -> None:
    book = Book()
    book.add("100", day(-20), customerSessionId=ORDER)
    book.take("100", day(-5), customerSessionId="SECRET-2")
    api = Answered(answered(profileId="", loyaltyCards=["CARD-1"]), **{"CARD-1": book})
    text = said(api.ask(card_programs=(2,)))
    assert text == "Order ORD-1 had earned 100 points. As far as we can see, they were used on 12 June 2026."


def test_neither_the_other_account_nor_a_rule_is_named() -> None:
    assert "maria" not in said(Answered().ask("paul"))
    assert said(Answered(answered(profileId="")).ask()).startswith(
        "Order ORD-1 was placed without signing in"
    )


def test_nothing_is_said_from_half_an_answer() -> None:
    api = earned()
    api.books["p1"] = DOWN
    assert said(api.ask()) == ""


def test_own_texts_replace_single_ones(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('open = "Still open: {order} {{really}}"')
    texts = replies.load(tmp_path)
    assert said(Answered(answered("open")).ask(), texts=texts) == "Still open: ORD-1 {really}"
    assert said(Answered(answered("cancelled")).ask(), texts=texts).startswith("Order ORD-1 was cancelled")


def test_another_language_follows_the_locale_and_falls_back_text_by_text(tmp_path: Path) -> None:
    (tmp_path / "de.toml").write_text(
        'pending = "Bestellung {order} bringt {points}, ab {date}."\nunit_many = "{n} Punkte"'
    )
    texts = replies.load(tmp_path)
    found = listed(earned(starts=day(4)), "pending")
    assert said(found, shop("de-DE"), texts) == "Bestellung ORD-1 bringt 1.250 Punkte, ab 21. Juni 2026."
    assert said(found, shop("en-GB"), texts).startswith("Order ORD-1 has earned 1,250 points")
    assert said(Answered(answered("open")).ask(), shop("de-DE"), texts).startswith("Your order ORD-1")


def test_what_is_filled_in_is_never_a_template_again(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('unknown_order = "No {order}"')
    found = Answered(session=NOT_FOUND).ask()
    odd = Missing(
        type(found.question)("{points} {0} %s"), type(found.session)("{points} {0} %s", False), found.verdict
    )
    assert said(odd, texts=replies.load(tmp_path)) == "No {points} {0} %s"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('pending = "From {datum}"', ["en.toml", "pending", "{datum}", "{date} {order} {points}"]),
        ('pending = "{order.__class__}"', ["{order.__class__}"]),
        ('pending = "{order!r}"', ["{order}"]),
        ('pending = "{order:>99999999}"', ["{order}"]),
        ('pending = "{}"', ["{}"]),
        ('pending = "{0}"', ["{0}"]),
        ('pending = "{order"', ["pending", "double them"]),
        ('pendign = "x"', ["pendign", "is not a text of the desk"]),
        ('pending = ""', ["must be a text"]),
        ("pending = 3", ["must be a text"]),
        ("[pending]\nx = 1", ["must be a text"]),
        ('pending = "x', ["cannot be read"]),
        (f'pending = "{"x" * 5000}"', ["longer than"]),
    ],
)
def test_what_is_wrong_with_a_text_is_said_when_it_is_read(
    tmp_path: Path, text: str, names: list[str]
) -> None:
    (tmp_path / "en.toml").write_text(text)
    with pytest.raises(replies.TemplateError) as caught:
        replies.load(tmp_path)
    assert all(name in str(caught.value) for name in names), str(caught.value)


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('pending = "{a}"\nopen = "{b}"')
    (tmp_path / "de.toml").write_bytes(b"\xff")
    with pytest.raises(replies.TemplateError) as caught:
        replies.load(tmp_path)
    assert len(caught.value.problems) == 3


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(replies.TemplateError, match="no such folder"):
        replies.load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("language", "locale", "text"),
    [
        ("en", "en-GB", "3 May 2026"),
        ("en", "en-US", "May 3, 2026"),
        ("en", "de-DE", "3 May 2026"),
        ("de", "de-CH", "3. Mai 2026"),
        ("xx", "xx-YY", "3 May 2026"),
    ],
)
def test_a_day_as_it_is_written(language: str, locale: str, text: str) -> None:
    assert written(date(2026, 5, 3), language, locale) == text


def test_a_rule_that_fails_by_itself_is_not_overruled_by_a_total_of_0() -> None:
    """It may give points for something else than the amount."""
    reason = {
        "ruleName": "Review bonus",
        "rulesetID": 1,
        "ruleIndex": 0,
        "details": "not in the audience Reviewers",
    }
    api = Answered(answered(total=0))
    api.today = IntegrationStateV2.model_validate({"ruleFailureReasons": [reason]})
    found = api.ask()
    title = headline(found, shop(), FORMATS)
    assert title.text == "No points were given, and the order's total is 0"
    assert title.detail.endswith(
        "The rule “Review bonus” does not apply either. Not in the audience Reviewers."
    )
    assert said(found) == "We have checked order ORD-1. It had a total of 0, and no points were added for it."


def test_an_order_is_not_said_to_be_as_it_is_since_its_last_change() -> None:
    found = Answered(answered("open", created=day(-20).isoformat(), updated=day(-10).isoformat())).ask()
    assert order_line(found, FORMATS).startswith("The order: open, last changed on ")


def cancelled(spent: str, *back: str, **left: Any) -> Missing:
    book = Book()
    book.add("250", day(-20), customerSessionId=ORDER, ruleName="a rule", rulesetId=7)
    if spent:
        book.take(spent, day(-10), customerSessionId="ORD-2", ruleName="pay", rulesetId=8)
    for each in back:
        book.take(each, day(-5), customerSessionId=ORDER, ruleName="a rule", rulesetId=7)
    api = Answered(answered("cancelled"), p1=book)
    api.lists = lists_of(book, **left)
    return api.ask()


@pytest.mark.parametrize(
    ("found", "title", "text"),
    [
        (
            cancelled("", active={0: 250}),
            "The 250 points of this order are there and can be used now, although it was cancelled",
            "The 250 points of order ORD-1 are in your account and can be used now. The order itself was cancelled.",
        ),
        (
            cancelled("150", "100"),
            "150 of this order's 250 points were earned and have been used since, although it was cancelled",
            "Order ORD-1 had earned 250 points in all. Of these, 150 points have been used: as far as we can see, "
            "on 7 June 2026, for order ORD-2. Another 100 points were taken back. The order itself was cancelled.",
        ),
        (
            cancelled("50", "200"),
            "200 of this order's 250 points were taken back",
            "Order ORD-1 was cancelled. 200 points that it had earned were taken back. "
            "Another 50 points have been used since.",
        ),
        (
            cancelled("200", "50", "200"),
            "The 250 points of this order were taken back",
            "Order ORD-1 was cancelled, so it brings no points.",
        ),
    ],
)
def test_what_became_of_the_points_of_a_cancelled_order(found: Missing, title: str, text: str) -> None:
    assert headline(found, shop(), FORMATS).text == title
    assert said(found) == text
