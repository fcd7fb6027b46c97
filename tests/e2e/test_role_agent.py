"""What an agent is shown, and what is absent."""

from tests.support.people import PLACES, People, controls, said

WHO = "agnes"


def test_an_agent_changes_what_belongs_to_one_customer(people: People) -> None:
    page = people.at(WHO, PLACES["session"])
    found = {name: controls(page, people, name) for name in PLACES}
    assert {"Return items …", "Cancel the session …", "Try it on today's rules"} <= found["session"]
    assert "Reserve for this customer" in found["wallet"]
    assert "Link this customer" in found["card"]
    assert not [each for each in found["customer"] if each.startswith("Erase")]
    assert said(page, people, "audit", "your own")
