"""Who is open: the strip on top of every page of a customer, and what is said when there is no such customer."""

import streamlit as st

from desk.guard import Target
from desk.insight.customer import Customer, customer
from desk.lookup import Found
from desk.ui import recents, reveal, tables
from desk.ui.choosing import pressed
from desk.ui.current import Desk, here
from desk.ui.escape import md, short
from desk.ui.formats import distance
from desk.ui.place import Place, go, link
from desk.ui.reading import retried, unread
from desk.ui.strip import answer, copyable, customer_strip, empty_state, panel
from desk.ui.theme import badge_md
from desk.ui.words import Tone, Words

FIND = "pages/start/find.py"
STRIP = "customer"
REFRESH = f"{STRIP}-refresh"


def opened(desk: Desk) -> Found[Customer] | None:
    """Reads the customer of this place and draws the strip. None: there is none, and the page has said so."""
    place = here()
    if not place.customer:
        _nobody(desk)
        return None
    fresh = pressed(REFRESH, *retried("customer-unread"))
    programs = [each.id for each in desk.application.programs if each.kind == "profile"]
    try:
        found = desk.find_out("Customer", lambda: customer(place.customer, programs), fresh=fresh)
    except ValueError as error:
        _no_id(desk, place.customer, str(error))
        return None
    _strip(desk, place.customer, found)
    if found.finding.found:
        recents.remember("customer profile", place.customer, desk.application.name)
        return found
    if found.finding.found is None:
        answer(
            "This customer could not be looked up",
            "Nothing is known yet: neither that they exist nor that not.",
        )
        unread(found.finding.unread, key="customer-unread")
    else:
        _unknown(desk, place.customer)
    return None


def refreshed() -> bool:
    """Whether the strip's Refresh was pressed: everything on the page is then read anew."""
    return pressed(REFRESH)


def _strip(desk: Desk, customer_id: str, found: Found[Customer]) -> None:
    profile, formats = found.finding.profile, desk.formats
    facts = []
    if profile is not None and profile.last_activity is not None:
        facts.append(f"last active {distance(profile.last_activity, found.as_of)}")
    name = desk.masking.display_name(profile.attributes) if profile else ""
    customer_strip(customer_id, desk.mark, found.as_of, formats, name=name, facts=facts, key=STRIP)


def _nobody(desk: Desk) -> None:
    chosen = empty_state(
        "No customer is open",
        [
            "Paste a customer id, an order or session number, a coupon code or a loyalty card number into Find."
        ],
        desk.process.examples[:3],
        key="customer-none",
    )
    if chosen:
        go(FIND, Place(application=desk.application.name, find=chosen))


def _no_id(desk: Desk, text: str, why: str) -> None:
    answer(
        f"“{short(text)}” cannot be a customer id",
        "Check it with the customer, and paste it into Find again.",
    )
    copyable(text, "What was looked for")
    panel("The API was not asked", f"{why[:1].upper()}{why[1:]}.", key="customer-no-id")
    _elsewhere(desk, text)


def _unknown(desk: Desk, customer_id: str) -> None:
    answer(
        f"There is no customer “{short(customer_id)}” here",
        f"{desk.mark.label} does not know this id. Check it with the customer: ids are case-sensitive, and"
        " an order, coupon or card number is not a customer id.",
    )
    link(
        FIND,
        "Look for it as anything else",
        Place(application=desk.application.name, find=customer_id),
        icon=":material/search:",
    )
    _elsewhere(desk, customer_id)


def _elsewhere(desk: Desk, text: str) -> None:
    others = [each for each in desk.process.settings.applications if each.name != desk.application.name]
    if others:
        st.caption("The same id in another environment is another customer. Look for it there:")
    for each in others:
        kind = "live" if each.live else "sandbox"
        link(FIND, f"{md(each.label)} :small[{kind}]", Place(application=each.name, find=text))


def attributes(desk: Desk, found: Customer) -> None:
    """Audiences and attributes, personal ones masked; folded away."""
    profile = found.profile
    if profile is None:
        return
    shown = desk.masking.attributes(profile.attributes)
    masked = sum(each.masked for each in shown)
    title = desk.formats.count(len(shown), "attribute")
    with st.expander(f"Profile: {title}" + (f", {masked} of them masked" if masked else "")):
        if profile.created:
            st.caption(md(f"Customer since {desk.formats.moment(profile.created)}"))
        tables.show(
            [tables.Column("Attribute"), tables.Column("Value"), tables.Column("Shown", "badge")],
            [(each.name, each.text, _MASKED if each.masked else None) for each in shown],
            desk.formats,
            key="customer-attributes",
            alt="Attributes of the profile",
            one="attribute",
            order="",
        )
        reveal.fields(desk, Target("profile", found.integration_id), profile.attributes)


_MASKED = Words("masked", "", Tone.PLAIN)


def audiences(found: Customer) -> None:
    """The audiences as badges in one line; nothing where there are none."""
    if found.profile is None or not found.profile.audiences:
        return
    st.markdown("Audiences: " + " ".join(badge_md(each) for each in found.profile.audiences))
