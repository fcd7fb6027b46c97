"""A ledger in sentences and rows: what an agent reads aloud must be exact."""

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest

from desk.guard.export import csv
from desk.insight.balances import Reported, TierView
from desk.insight.cancelled import Cancelled
from desk.insight.history import Ledger, explain
from desk.insight.ledger import Status
from desk.insight.lots import ladder
from desk.insight.reading import Unread
from desk.insight.reconcile import Suspect, SuspectKind
from desk.insight.rows import read_rows
from desk.insight.unused import Unused
from desk.ui import ledger_rows, points_words
from desk.ui.formats import MISSING, Formats
from desk.ui.words import Tone
from tests.insight.help import DOWN, NOW, Book, day, explained
from tests.insight.missing_help import lists_of

BERLIN = Formats("en-GB", "EUR", "Europe/Berlin")


def ledger_of(book: Book, **more: object) -> Ledger:
    return explain(read_rows(book.rows, NOW), NOW, **more)  # type: ignore[arg-type]


def test_the_answer_says_what_can_be_spent_what_comes_and_what_goes() -> None:
    book = Book()
    book.add("250", day(-20), expires=day(5))
    book.add("30", day(-2), starts=day(2))
    book.add("10", day(-1), starts=day(2.1))
    above, below = points_words.answer_of(ledger_of(book), BERLIN)
    assert above == "250 points can be spent now. 40 more from Fri 19 Jun 2026."
    assert below == "250 expire on Mon 22 Jun 2026 unless used before."


def test_what_expired_lately_is_said_with_its_day_and_stands_at_its_figure() -> None:
    book = Book()
    book.add("7", day(-300), expires=day(-200))
    book.add("1389", day(-100), expires=day(-20))
    book.add("1", day(-100), expires=day(-20.1))
    found = ledger_of(book)
    assert points_words.answer_of(found, BERLIN)[1] == "1,390 expired on Thu 28 May 2026."
    notes = {each.label: each.note for each in points_words.figures_of(found, BERLIN)}
    assert notes["Expired"] == "last on 28 May 2026"
    old = Book()
    old.add("7", day(-300), expires=day(-90))
    assert points_words.gone(ledger_of(old), BERLIN) == ""


def test_only_what_expires_within_a_month_is_worth_a_line_elsewhere() -> None:
    book = Book()
    book.add("5", day(-1), expires=day(29))
    assert points_words.going_soon(ledger_of(book), BERLIN, "Club") == (
        "5 expire on Thu 16 Jul 2026 unless used before (Club)."
    )
    late = Book()
    late.add("5", day(-1), expires=day(31))
    assert points_words.going_soon(ledger_of(late), BERLIN) == ""


def test_points_that_start_on_several_days_are_said_apart() -> None:
    book = Book()
    book.add("30", day(-2), starts=day(2))
    book.add("10", day(-1), starts=day(9))
    above, _ = points_words.answer_of(ledger_of(book), BERLIN)
    assert above == "No points can be spent yet. 30 from Fri 19 Jun 2026, another 10 later."


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ((), "No points can be spent now."),
        ((("add", "1", {}),), "1 point can be spent now."),
        ((("add", "0.5", {}),), "0.5 points can be spent now."),
        ((("add", "300", {"starts": "on_action"}),), "No points can be spent yet. 300 wait for an action."),
        ((("take", "150", {}),), "No points can be spent: 150 points are owed."),
    ],
)
def test_few_points_none_and_less_than_none(
    rows: tuple[tuple[str, str, dict[str, str]], ...], sentence: str
) -> None:
    book = Book()
    for kind, amount, more in rows:
        if kind == "add":
            book.add(amount, day(-1), **more)
        else:
            book.take(amount, day(-1))
    assert points_words.answer_of(ledger_of(book), BERLIN)[0] == sentence


def test_days_are_those_of_the_program() -> None:
    book = Book()
    book.add("5", day(-1), expires=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    ledger = ledger_of(book)
    assert "Thu 2 Jul 2026" in points_words.going(ledger, BERLIN)
    assert "Wed 1 Jul 2026" in points_words.going(ledger, Formats(zone="UTC"))


def test_the_tier_says_until_when_how_far_and_what_then() -> None:
    tier = TierView(
        "Silver", None, day(10), "one_down", "Gold", Decimal(260), "Bronze", Decimal(100), Decimal(352)
    )
    assert points_words.tier_line(tier, BERLIN) == "Silver until Sat 27 Jun 2026. 260 points to Gold."
    assert points_words.tier_ahead(tier, BERLIN) == (
        "With today's points Bronze after that. 352 more by then keep Silver."
    )
    assert points_words.tier_share(tier, Decimal(740)) == pytest.approx(0.74)
    top = TierView("Gold", None, day(10), projected_name="Gold", top=True)
    assert points_words.tier_line(top, BERLIN) == "Gold until Sat 27 Jun 2026. This is the highest tier."
    assert points_words.tier_ahead(top, BERLIN) == "With today's points it stays Gold after that."
    unsaid = TierView("Gold", None, day(10))
    assert points_words.tier_line(unsaid, BERLIN) == "Gold until Sat 27 Jun 2026."
    none_yet = TierView(next_name="Bronze", points_to_next=Decimal(100))
    assert points_words.tier_line(none_yet, BERLIN) == "No tier yet: 100 points to Bronze."
    assert points_words.tier_line(None, BERLIN) == ""


def test_figures_prefer_what_the_api_reports() -> None:
    book = Book()
    book.add("100", day(-1))
    ledger = ledger_of(book, reported=Reported(active=Decimal(90), pending=Decimal(0)))
    shown = {each.label: (each.value, each.tone) for each in points_words.figures_of(ledger, BERLIN)}
    assert shown["Can be spent"] == ("90", Tone.ACTIVE)
    assert shown["Pending"] == ("0", Tone.PLAIN)
    assert "Owed" not in shown


def test_the_badge_tells_explained_from_a_gap_and_from_unchecked() -> None:
    book = Book()
    book.add("100", day(-1))
    good = ledger_of(book, reported=Reported(active=Decimal(100)))
    assert points_words.explained(good.reconciliation, 1) == (
        "The history adds up to this balance",
        Tone.ACTIVE,
    )
    bad = ledger_of(book, reported=Reported(active=Decimal("110.5")))
    text, tone = points_words.explained(bad.reconciliation, 1)
    assert (text, tone) == ("The history does not add up to this balance", Tone.NEGATIVE)
    assert bad.reconciliation is not None
    assert points_words.gap_line(bad.reconciliation.gaps[0], BERLIN) == (
        "Points that can be spent: the API says 110.5, the rows come to 100 (+10.5)."
    )
    assert points_words.explained(ledger_of(book).reconciliation, 1)[1] is Tone.PLAIN


def test_the_tier_of_another_day_is_said_as_far_as_it_can_be_known() -> None:
    silver = TierView(
        name="Silver", starts=day(-30), expires=day(60), next_name="Gold", projected_name="Bronze"
    )

    def said(tier: TierView | None, days: float) -> str:
        return points_words.tier_on(tier, day(days), NOW, BERLIN)

    assert said(silver, 0.01) == "Tier on that day: Silver."
    assert said(silver, -10) == "Tier on that day: Silver, since Mon 18 May 2026."
    assert said(silver, -31) == (
        "Tier on that day: not known. The API tells today's only (now Silver, since Mon 18 May 2026)."
    )
    assert said(silver, 59).startswith("Tier on that day: Silver, which lasts until Sun 16 Aug 2026.")
    assert said(silver, 61) == (
        "Tier on that day: not known. The API tells today's only (now Silver, until Sun 16 Aug 2026)."
        " Bronze after that, with today's points."
    )
    nobody = TierView(next_name="Bronze", points_to_next=Decimal(5))
    assert said(nobody, 0.01) == "Tier on that day: none yet."
    assert said(nobody, 9) == "Tier on that day: not known. The API tells today's only (none now)."
    assert said(None, 9) == ""


def test_a_date_that_cannot_be_read_is_not_taken_for_points_that_never_expire() -> None:
    book = Book()
    book.add("30", day(-9), expires="next summer")
    book.add("12", day(-8))
    found = ledger_of(book)
    assert points_words.dateless(found) == 30
    assert points_words.answer_of(found, BERLIN)[1] == "Not all of their dates could be read."
    assert [ledger_rows.usable(lot, BERLIN) for lot in found.lots] == [
        *("with a date that could not be read", "never expires")
    ]
    plain = Book()
    plain.add("12", day(-8))
    assert points_words.answer_of(ledger_of(plain), BERLIN)[1] == "None of them expires."


def test_a_chart_whose_end_is_not_the_api_s_figure_says_so() -> None:
    book = Book()
    book.add("100", day(-9))
    bad = ledger_of(book, reported=Reported(active=Decimal(90)))
    assert points_words.drawn_gap(bad.reconciliation, "active", BERLIN) == (
        "This is what the rows come to: 100 today. The API says 90; what does not add up is listed below."
    )
    assert points_words.drawn_gap(bad.reconciliation, "spent", BERLIN) == ""
    good = ledger_of(book, reported=Reported(active=Decimal(100)))
    assert points_words.drawn_gap(good.reconciliation, "active", BERLIN) == ""


def rungs_of(*expiries: float) -> tuple[list[str], bool, Decimal]:
    """Labels, whether the axis begins now, and what is later, for awards of 5 that expire in so many days."""
    book = Book()
    for days in expiries:
        book.add("5", day(-20), expires=day(days))
    found = ledger_of(book)
    rungs, since, later = points_words.rungs_of(found.ladder(BERLIN.tz), found.now, BERLIN)
    return [rung.label for rung in rungs], since is not None, later


def test_the_ladder_reaches_60_weeks_and_says_what_is_later() -> None:
    assert rungs_of(3, 30, 400, 500) == (
        ["15–21 Jun", "13–19 Jul", "19–25 Jul 2027"],
        True,
        Decimal(5),
    )


def test_a_ladder_that_begins_far_off_begins_with_its_first_week() -> None:
    labels, since, later = rungs_of(700, 1000, 2000)
    assert labels == ["15–21 May 2028", "12–18 Mar 2029"]
    assert (since, later) == (False, Decimal(5))


def test_the_columns_of_changes_and_balances_add_up_and_what_is_inferred_says_so() -> None:
    book = Book()
    book.add("40", day(-20), starts=day(-10), expires=day(-5), customerSessionId="ORD-1", name="10 per euro")
    book.add("100", day(-15), expires=day(30))
    book.take("30", day(-4), customerSessionId="ORD-2")
    lines = list(ledger_of(book).lines())
    rows = ledger_rows.rows_of(lines, BERLIN)
    named = [(row[1].text, row[2], row[3]) for row in rows]  # type: ignore[union-attr]
    assert named == [
        ("Spent", Decimal(-30), Decimal(70)),
        ("Expired (inferred)", Decimal(-40), Decimal(100)),
        ("Spendable (inferred)", Decimal(40), Decimal(140)),
        ("Added", Decimal(100), Decimal(100)),
        ("Earned, pending", None, Decimal(0)),
    ]
    assert rows[-1][6] == "40 from 7 Jun 2026"
    assert rows[-1][4] == "ORD-1"
    assert rows[1][6] == "awarded 28 May 2026"


def test_a_row_says_where_the_rest_of_it_went() -> None:
    book = Book()
    book.take("150", day(-10), customerSessionId="ORD-1")
    book.add("200", day(-5))
    notes = [ledger_rows.note(line, BERLIN) for line in ledger_of(book).lines()]
    assert notes == ["200 in all, 150 paid what was owed", "150 below zero"]


def test_the_file_keeps_numbers_exact_and_signed_and_instants_whole() -> None:
    book = Book()
    book.add("0.07", day(-2), name="=1+1", customerSessionId="ORD-1")
    book.take("0.05", day(-1))
    lines = list(ledger_of(book).lines())
    text = csv(ledger_rows.FILE_COLUMNS, ledger_rows.file_rows(lines, BERLIN)).decode("utf-8-sig")
    first, second = list(StringIO(text))[1:]
    assert first.startswith("2026-06-16T14:00:00+02:00,Taken off,-0.05,-0.05,0.02,0,")
    assert ',"\'=1+1",' in second


def test_lots_say_what_is_left_and_what_used_them() -> None:
    book = Book()
    book.add("100", day(-20), expires=day(10), customerSessionId="ORD-1")
    book.add("50", day(-10))
    book.take("120", day(-5), customerSessionId="ORD-2")
    rows = ledger_rows.lot_rows(ledger_of(book).lots, BERLIN)
    assert [(row[1], row[2], row[3].text, row[4], row[6]) for row in rows] == [  # type: ignore[union-attr]
        (Decimal(100), Decimal(0), "Used up", "until 27 Jun 2026", "ORD-2 (100)"),
        (Decimal(50), Decimal(30), "Active", "never expires", "ORD-2 (20)"),
    ]


@pytest.mark.parametrize("read", [True, False])
def test_the_day_of_an_expiry_is_that_of_the_award_that_the_api_lists_as_left(read: bool) -> None:
    """The engine spends the first award, whose expiry was shortened later; the API spent the other."""
    book = Book()
    book.add("100", day(-20), expires=day(3), customerSessionId="ORD-1")
    book.add("100", day(-20), expires=day(5), customerSessionId="ORD-2")
    book.take("100", day(-10))
    said = Reported(active=Decimal(100))
    lists = {
        "listed": Unused({Status.ACTIVE: lists_of(book, active={0: 100})["p1", "active"]}),
        "complete": True,
    }
    found = explained(book, reported=said, **lists if read else {})
    last = "Sat 20 Jun 2026" if read else "Mon 22 Jun 2026"
    assert points_words.answer_of(found, BERLIN)[1] == f"100 expire on {last} unless used before."
    assert found.reconciliation is not None
    assert [points_words.suspect_line(each, BERLIN) for each in found.reconciliation.suspects] == [
        "The API counts other points as left than the documented order of spending leaves: ORD-1, ORD-2."
    ] * read


def test_that_nothing_expires_is_said_only_of_points_that_are_known() -> None:
    book = Book()
    book.add("100", day(-20))
    assert points_words.going(explained(book, reported=Reported(active=Decimal(100))), BERLIN) == (
        "None of them expires."
    )
    assert points_words.going(explained(book, reported=Reported(active=Decimal(110))), BERLIN) == ""


def test_without_rows_and_balance_nothing_is_said_to_be_nothing() -> None:
    blank = Ledger("", NOW, has_rows=False)
    assert points_words.answer_of(blank, BERLIN) == ("How many points can be spent could not be read.", "")
    assert {each.value for each in points_words.figures_of(blank, BERLIN)} == {MISSING}
    assert points_words.name_of(blank, BERLIN) == f"Main ledger: {MISSING}"
    owed = Ledger("", NOW, reported=Reported(negative=Decimal(5)), has_rows=False)
    assert points_words.answer_of(owed, BERLIN)[0] == "No points can be spent: 5 points are owed."


def test_what_is_pending_is_later_waits_or_is_not_told_more_of() -> None:
    book = Book()
    book.add("40", day(-5), starts=day(10))
    book.add("1", day(-5), starts="on_action")
    book.add("7", day(-5), starts=day(20))

    def said(pending: int | None, *, active: int = 0) -> str:
        reported = None if pending is None else Reported(active=Decimal(active), pending=Decimal(pending))
        return points_words.coming(explained(book, reported=reported), BERLIN)

    whole = "40 from Sat 27 Jun 2026, another 7 later, another 1 waits for an action"
    assert said(None) == f"{whole}."
    assert said(48) == f"{whole}."
    assert said(60) == f"{whole}, another 12 are pending."
    assert said(48, active=5).startswith("40 more from Sat 27 Jun 2026, another 7 later")
    assert (
        said(20, active=5) == "20 more are pending."
    )  # the API says less than the rows: nobody knows of which
    assert said(0) == ""


def test_pending_points_that_no_row_explains_do_not_wait_for_an_action() -> None:
    book = Book()
    book.add("10", day(-5))
    found = explained(book, reported=Reported(active=Decimal(10), pending=Decimal(40)))
    assert points_words.coming(found, BERLIN) == "40 more are pending."
    lapsing = Book()
    lapsing.add("1", day(-5), starts=day(5), expires=day(4))
    assert points_words.coming(explained(lapsing), BERLIN) == "1 is pending."


def redeemed(book: Book, amount: int) -> str:
    found = explained(book).if_redeemed(Decimal(amount))
    return points_words.redeemed_line(found, ladder(found.after, NOW, BERLIN.tz), BERLIN)


def test_a_redemption_tells_what_never_expires_from_what_expires_later() -> None:
    book = Book()
    for days in (10, 20, 30):
        book.add("100", day(-5), expires=day(days))
    book.add("500", day(-5))
    dated = (
        "it takes 100 of what expires on Sat 27 Jun 2026, 100 of what expires on Tue 7 Jul 2026,"
        " 100 of what expires on Fri 17 Jul 2026"
    )
    assert redeemed(book, 700) == (
        f"If 700 points are redeemed now, {dated}, 400 of what never expires. Nothing is left to expire."
    )
    book.add("50", day(-5), expires=day(40))
    book.add("50", day(-5), expires=day(50))
    assert redeemed(book, 390).startswith(
        f"If 390 points are redeemed now, {dated}, 90 of what expires later. After that 10 expire"
    )
    assert "100 of what expires later, 300 of what never expires." in redeemed(book, 700)


def test_how_many_orders_were_read_for_cancelled_ones_is_said() -> None:
    book = Book()
    book.add("10", day(-5), customerSessionId="ORD-1")
    suspect = Suspect(SuspectKind.CANCELLED_SESSION, tuple(read_rows(book.rows, NOW)))
    assert points_words.suspect_line(suspect, BERLIN) == "Points of a cancelled order are still there: ORD-1."
    lines = {
        Cancelled(): "",
        Cancelled(looked=1, of=1): "Not one is cancelled of 1 order with points.",
        Cancelled(looked=10, of=34): "Not one is cancelled of 10 of 34 orders with points, the newest.",
        Cancelled(suspect, 2, 2): "Looked at for that: 2 orders with points.",
        Cancelled(of=1, unread=(Unread("an order", DOWN),)): "1 order could not be read.",
    }
    for found, line in lines.items():
        assert points_words.looked_line(found, BERLIN) == line
