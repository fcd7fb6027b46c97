"""Cards: the loyalty cards that this customer holds, linking one more, or generating a new one."""

import streamlit as st

from desk.insight.cards import CardView
from desk.ui import card_view, customer_view, overview_parts
from desk.ui.asked import asked
from desk.ui.changing import yours
from desk.ui.current import current
from desk.ui.formats import Formats
from desk.ui.reading import unread
from desk.ui.strip import answer, nothing


def page() -> None:
    """How many cards and what is on them; the table; the two changes."""
    desk = current()
    opened = customer_view.opened(desk)
    if opened is None:
        return
    found = opened.finding
    answer(*_answer(found.cards, desk.formats))
    unread(found.unread, key="customer-unread")
    if found.cards:
        overview_parts.cards(desk, found.cards)
        nothing("A card's history, holders and expiries are on its own page.", key="memberships-more")
    if yours(desk, "memberships-link", "card-new"):
        st.subheader("Link a card", anchor=False)
        card_view.link_card(desk, found.integration_id, found.cards)
        st.subheader("Give a new card", anchor=False)
        card_view.generate(desk, found.integration_id)
    asked(desk, opened.requests)


def _answer(cards: tuple[CardView, ...], formats: Formats) -> tuple[str, str]:
    """`192.8 points on one card.`; of several cards each is named, for their points cannot be spent together."""
    if not cards:
        return "This customer holds no loyalty card.", ""
    if len(cards) == 1:
        one = cards[0]
        if one.status == "blocked":
            return f"Card {one.identifier} is blocked: its points cannot be used.", one.block_reason
        return f"{formats.points_named(one.main.active)} can be spent with card {one.identifier}.", ""
    parts = [f"{formats.points(each.main.active)} on {each.identifier}" for each in cards]
    return f"This customer holds {len(cards)} cards.", f"Points that can be spent: {', '.join(parts)}."


page()
