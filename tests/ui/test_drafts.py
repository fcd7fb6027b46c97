"""What was typed when a sign-in ended: kept for that person at that place, once, and nothing that was not typed."""

from datetime import date

from desk.ui.place import Place
from desk.ui.signing import IN, Drafts

HERE = Place(application="shop", session="ORD-1")
TYPED: dict[str, object] = {"reason": "broken", "count": 2, "price": 1.5, "day": date(2026, 11, 20)}


def kept(state: dict[str, object]) -> dict[str, object]:
    """What of this state is there again afterwards."""
    drafts = Drafts()
    drafts.keep("agnes", HERE, state)
    return drafts.take("agnes", HERE)


def test_texts_numbers_and_dates_come_back_once() -> None:
    drafts = Drafts()
    drafts.keep("agnes", HERE, TYPED)
    assert drafts.take("agnes", HERE) == TYPED
    assert drafts.take("agnes", HERE) == {}


def test_buttons_objects_empty_and_endless_texts_do_not() -> None:
    """A button that came back pressed would send; what was read from the API has no business here."""
    state: dict[str, object] = {
        "yes": True,
        "no": False,
        "empty": "",
        "endless": "x" * 20_001,
        "long": "x" * 20_000,
        "answer": {"Name": "Maria"},
        "rows": ["Maria"],
        "nothing": None,
        IN: "agnes",
    }
    assert kept(state) == {"long": "x" * 20_000}


def test_only_the_same_person_at_the_same_place_gets_it() -> None:
    drafts = Drafts()
    drafts.keep("agnes", HERE, TYPED)
    assert drafts.take("sven", HERE) == {}
    assert drafts.take("agnes", Place(application="shop", session="ORD-2")) == {}
    assert drafts.take("agnes", HERE) == TYPED


def test_the_last_place_counts_and_nothing_typed_leaves_what_was_kept() -> None:
    drafts = Drafts()
    elsewhere = Place(application="shop", customer="maria")
    drafts.keep("agnes", HERE, TYPED)
    drafts.keep("agnes", elsewhere, {"reason": "late"})
    drafts.keep("agnes", elsewhere, {"yes": True})
    assert drafts.take("agnes", HERE) == {}
    assert drafts.take("agnes", elsewhere) == {"reason": "late"}


def test_it_is_kept_for_the_latest_few_people_only() -> None:
    drafts = Drafts()
    for number in range(201):
        drafts.keep(f"person {number}", HERE, TYPED)
    assert drafts.take("person 0", HERE) == {}
    assert drafts.take("person 1", HERE) == drafts.take("person 200", HERE) == TYPED
