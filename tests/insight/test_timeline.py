"""One list of what happened."""

from desk.insight.customer import Customer, assemble
from desk.insight.history import explain
from desk.insight.points import Points
from desk.insight.rows import read_rows
from desk.insight.timeline import EntryKind, timeline
from talon_client.models import AchievementProgressWithDefinition, CustomerInventory
from tests.insight.help import NOW, Book, day
from tests.insight.orders import view


def club() -> Points:
    book = Book()
    book.add("10", day(-9), expires=day(-3), customerSessionId="ORD-1", ruleName="Points for euros")
    book.add("20", day(-5), starts=day(2), customerSessionId="ORD-2", name="bonus")
    return Points(1, "maria", False, NOW, (explain(read_rows(book.rows, NOW), NOW),))


def test_newest_first_and_nothing_of_the_future() -> None:
    found = timeline(Customer("maria", True), [club()])
    assert [(entry.at, entry.kind, entry.what, entry.amount) for entry in found.entries] == [
        (day(-3), EntryKind.EXPIRY, "expired", -10),
        (day(-5), EntryKind.POINTS, "pending", 20),
        (day(-5), EntryKind.SESSION, "known from points", None),
        (day(-9), EntryKind.POINTS, "earned", 10),
        (day(-9), EntryKind.SESSION, "known from points", None),
    ]
    assert found.entries[3].name == "Points for euros"
    assert found.sessions == ("ORD-2", "ORD-1")


def test_sessions_that_were_opened_show_their_state() -> None:
    found = timeline(Customer("maria", True), [club()], [view("partially_returned")])
    states = {entry.session_id: entry.what for entry in found.entries if entry.kind is EntryKind.SESSION}
    assert states == {"ORD-1": "partially_returned", "ORD-2": "known from points"}


def test_a_session_without_points_is_only_there_when_it_was_opened() -> None:
    found = timeline(Customer("maria", True), [], [view()])
    assert [(entry.at, entry.what) for entry in found.entries] == [(day(-10), "closed")]
    assert found.sessions == ("ORD-1",)


def test_what_the_inventory_dates() -> None:
    inventory = CustomerInventory.model_validate(
        {
            "profile": {"created": day(-50).isoformat()},
            "coupons": [{"value": "SUMMER", "created": day(-7).isoformat()}, {"value": "UNDATED"}],
            "giveaways": [{"code": "MUG", "created": day(-6).isoformat()}],
            "referrals": [{"code": "FRIEND", "created": day(-8).isoformat()}],
            "loyalty": {
                "programs": {"1": {"title": "Club", "joinDate": day(-40).isoformat()}},
                "cards": [
                    {
                        "identifier": "CARD",
                        "profiles": [
                            {"integrationId": "maria", "timestamp": day(-2).isoformat()},
                            {"integrationId": "otto", "timestamp": day(-1).isoformat()},
                        ],
                    }
                ],
            },
        }
    )
    tenth = AchievementProgressWithDefinition.model_validate(
        {"title": "Ten orders", "startDate": day(-30).isoformat(), "completionDate": day(-4).isoformat()}
    )
    customer = assemble("maria", inventory.model_copy(update={"achievements": (tenth,)}), {})
    assert [(entry.kind.value, entry.what, entry.name) for entry in timeline(customer).entries] == [
        ("card", "linked", "CARD"),
        ("achievement", "completed", "Ten orders"),
        ("giveaway", "awarded", "MUG"),
        ("coupon", "created", "SUMMER"),
        ("referral", "created", "FRIEND"),
        ("achievement", "started", "Ten orders"),
        ("profile", "joined", "Club"),
        ("profile", "created", ""),
    ]


def test_cards_are_named() -> None:
    book = Book()
    book.add("10", day(-9))
    points = Points(2, "CARD-1", True, NOW, (explain(read_rows(book.rows, NOW), NOW),))
    assert [entry.card for entry in timeline(Customer("maria", True), [points]).entries] == ["CARD-1"]


def test_nothing_known() -> None:
    assert timeline(Customer("maria", None)).entries == ()
