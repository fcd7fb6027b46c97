"""What a supervisor is shown, and what is absent."""

from tests.support.people import PLACES, People, controls, said

WHO = "sven"


def test_a_supervisor_is_offered_what_an_agent_is_and_more(people: People) -> None:
    page = people.at(WHO, PLACES["session"])
    found = {name: controls(page, people, name) for name in PLACES}
    assert {"Return items …", "Cancel the session …", "Try it on today's rules"} <= found["session"]
    assert "Reserve for this customer" in found["wallet"]
    assert "Link this customer" in found["card"]
    assert "Erase this customer's data …" in found["customer"]
    assert said(page, people, "audit", "Everybody's")
