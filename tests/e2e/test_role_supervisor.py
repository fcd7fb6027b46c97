"""What a supervisor is shown, and what is absent."""

from tests.support.people import PLACES, People, controls, said

WHO = "sven"


def test_a_supervisor_is_offered_what_an_agent_is_and_more(people: People) -> None:
    page = people.at(WHO, PLACES["session"])
    controls(page, people, "session", "Return items …", "Cancel the session …", "Try it on today's rules")
    controls(page, people, "wallet", "Reserve for this customer")
    controls(page, people, "card", "Link this customer")
    controls(page, people, "customer", "Erase this customer's data …")
    assert said(page, people, "audit", "in the audit trail")
    assert not page.get_by_text("You see what you did yourself").count()
