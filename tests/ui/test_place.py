"""The URL holds the place, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from desk.ui.place import LONGEST, Place, parse

IDS = st.text(min_size=0, max_size=30).map(str.strip)


@given(IDS, IDS, IDS, st.integers(0, 10**12))
def test_a_link_opens_the_same_place(customer: str, session: str, code: str, program: int) -> None:
    place = Place(customer=customer, session=session, code=code, program=program)
    assert parse(place.params()) == place


def test_only_what_is_chosen_is_in_the_link() -> None:
    assert Place(customer="c/1%?", program=2).params() == {"customer": "c/1%?", "program": "2"}


def test_what_is_no_place_is_ignored() -> None:
    odd = {"customer": "x" * (LONGEST + 1), "program": "-1", "utm_source": "mail", "tab": " points "}
    assert parse(odd) == Place(tab="points")
    assert parse({"program": "9" * 40}) == Place()
    assert parse({"program": "²"}) == Place()


def test_going_to_an_order_keeps_the_customer_and_the_application() -> None:
    place = Place(application="shop", customer="c1", tab="points", range="1y", find="x")
    assert place.of_session("ORD-1") == Place(application="shop", customer="c1", session="ORD-1")
    assert place.of_code("X") == Place(application="shop", customer="c1", code="X")
    assert place.of_card("C", 2) == Place(application="shop", customer="c1", card="C", program=2)
    assert place.of_receipt("r") == Place(application="shop", customer="c1", receipt="r")
    assert place.of_customer("c2") == Place(application="shop", customer="c2")
