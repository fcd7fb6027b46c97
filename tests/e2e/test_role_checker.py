"""What a checker is shown, and what is absent."""

from tests.support.people import PLACES, People, changing, controls

WHO = "chen"
OFFERED = {"session": ("Try it on today's rules",)}
SAYS = {"card": "As checker you may look, but not change anything."}


def test_a_checker_tries_things_out_and_changes_nothing(people: People) -> None:
    page = people.at(WHO, PLACES["session"])
    found = {
        name: controls(page, people, name, *OFFERED.get(name, ()), says=SAYS.get(name, "")) for name in PLACES
    }
    assert not changing(found)
