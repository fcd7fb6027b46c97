"""What a viewer is shown, and what is absent."""

from tests.support.people import PLACES, People, changing, controls

WHO = "vera"
SAYS = {
    "wallet": "As viewer you may look, but not change anything.",
    "session": "which your role may not make",
}


def test_a_viewer_sees_everything_and_is_offered_nothing(people: People) -> None:
    page = people.at(WHO, PLACES["session"])
    found = {name: controls(page, people, name, says=SAYS.get(name, "")) for name in PLACES}
    assert not changing(found)
    assert "Try it on today's rules" not in found["session"]
