"""The top of a customer's pages: reads the customer, shows who it is, or says why not."""

import streamlit as st

from desk.guard.masking import display_name
from desk.insight.customer import Customer, customer
from desk.lookup import Found
from desk.ui.current import Desk
from desk.ui.strip import answer, copyable, customer_strip, empty_state, trouble
from desk.ui.words import trouble as words_for


def look(desk: Desk, integration_id: str, *, fresh: bool = False) -> Found[Customer] | None:
    """The customer, read or at hand; None (and an empty state on the page) when none is named."""
    if not integration_id:
        empty_state(
            "No customer is open",
            ["Paste a customer id, an order number, a coupon code or a card into Find."],
        )
        return None
    programs = [each.id for each in desk.application.programs if each.kind == "profile"]
    try:
        return desk.find_out("Reading the customer", lambda: customer(integration_id, programs), fresh=fresh)
    except ValueError as error:
        answer("This cannot be a customer id", str(error))
        copyable(integration_id, "What was asked for")
        return None


def show(desk: Desk, integration_id: str) -> Customer | None:
    """The strip, and the customer behind it. None when there is nothing to show below; the page has said why."""
    found = look(desk, integration_id)
    if found is None:
        return None
    if strip(desk, found):
        desk.lookup.forget(desk.application.name, [integration_id])
        st.rerun()
    return usable(desk, found)


def strip(desk: Desk, found: Found[Customer]) -> bool:
    """Who it is, where, and as of when. True when Refresh was pressed."""
    person = found.finding
    facts = _facts(desk, person)
    name = display_name(person.profile.attributes) if person.profile else ""
    return customer_strip(person.integration_id, desk.mark, found.as_of, desk.formats, name=name, facts=facts)


def _facts(desk: Desk, person: Customer) -> list[str]:
    profile = person.profile
    if profile is None:
        return []
    facts = []
    if profile.last_activity:
        facts.append(f"last active {desk.formats.day(profile.last_activity)}")
    return facts


def usable(desk: Desk, found: Found[Customer]) -> Customer | None:
    """The customer when something is known; else the page says what happened and None is returned."""
    person = found.finding
    if person.found:
        return person
    if person.found is False:
        answer(
            "No such customer here",
            f"The Application {desk.application.label} has no profile with this id. Ids are case-sensitive, and a live "
            "and a sandbox environment hold different customers. Check it with the customer, or paste an order "
            "number into Find.",
        )
        return None
    answer("This customer could not be looked up")
    for number, each in enumerate(person.unread):
        if trouble(words_for(each.error, each.what), key=f"customer-{number}"):
            st.rerun()
    return None


def partly(person: Customer) -> None:
    """Says what could not be read, without taking the page down."""
    for number, each in enumerate(person.unread):
        trouble(words_for(each.error, each.what), key=f"unread-{number}", retry=False)
