"""What an agent is shown, and what is absent."""

from tests.support.people import PLACES, People, controls, said

WHO = "agnes"


def test_an_agent_changes_what_belongs_to_one_customer(people: People) -> None:
    page = people.at(WHO, PLACES["session"])
    controls(page, people, "session", "Return items …", "Cancel the session …", "Try it on today's rules")
    controls(page, people, "wallet", "Reserve for this customer")
    controls(page, people, "card", "Link this customer")
    assert not [each for each in controls(page, people, "customer") if each.startswith("Erase")]
    assert said(page, people, "audit", "You see what you did yourself")
