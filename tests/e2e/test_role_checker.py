"""What a checker is shown, and what is absent."""

from tests.support.people import PLACES, People, changing, controls, said

WHO = "chen"


def test_a_checker_tries_things_out_and_changes_nothing(people: People) -> None:
    page = people.at(WHO, PLACES["session"])
    controls(page, people, "session", "Try it on today's rules")
    found = {name: controls(page, people, name) for name in PLACES}
    assert not changing(found)
    assert said(page, people, "card", "As checker you may look, but not change anything.")
