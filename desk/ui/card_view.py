"""A loyalty card on a page: what it is, who holds it, linking and generating one, and what to do when it is lost."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from desk.applications import Program
from desk.guard import GenerateCard, LinkCard, Outcome, Receipt, UnlinkCard, new_card_id
from desk.insight.cards import CardView, can_link
from desk.insight.history import Ledger
from desk.ui import points_words, tables
from desk.ui.changing import Offer, begun, offer, outcomes
from desk.ui.choosing import at_first, pressed
from desk.ui.current import Desk, here
from desk.ui.escape import in_key, md, short
from desk.ui.formats import Formats
from desk.ui.overview_parts import holders as holders_text
from desk.ui.place import go, link
from desk.ui.strip import Figure, answer, customer_strip, figures, nothing, panel, reply
from desk.ui.theme import badge
from desk.ui.words import card_status

CARD = "pages/thing/card.py"
OVERVIEW = "pages/customer/overview.py"
STRIP = "card"


def programs_of(desk: Desk) -> list[Program]:
    """The card programs that the settings name; no operation lists them."""
    return [each for each in desk.application.programs if each.kind == "card"]


def refreshed() -> bool:
    """Whether Refresh was pressed."""
    return pressed(f"{STRIP}-refresh")


def strip(desk: Desk, program: Program, identifier: str, as_of: datetime) -> None:
    """Which card, of which program, in which Application."""
    customer_strip(identifier, desk.mark, as_of, desk.formats, name=program.title, key=STRIP)


def summary(card: CardView, ledger: Ledger, zoned: Formats) -> None:
    """The answer and the figures of one ledger; a card on which nothing moves says that first."""
    above, below = points_words.answer_of(ledger, zoned)
    if card.status == "blocked":
        above, below = "This card is blocked: its points cannot be used.", card.block_reason
    elif card.status == "inactive":
        above = "This card is inactive: no points move on it."
    answer(above, below)
    if not below:
        st.space("xsmall")
    entries = points_words.figures_of(ledger, zoned)
    if card.status == "blocked":
        entries[0] = Figure("Left on it", entries[0].value)
    figures(entries)


def holders(desk: Desk, card: CardView) -> None:
    """Status, holders with links, and how many more may be linked."""
    st.subheader("Who uses it", anchor=False)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if card.status is not None:
            badge(card_status(card.status))
        st.markdown(md(_limit(card)))
    if card.replaced_by:
        panel(f"Replaced by {short(card.replaced_by)}", key="card-replaced")
    if not card.holders:
        nothing("Nobody holds this card: it has not been linked to a customer.", key="card-nobody")
        return
    tables.show(
        [tables.Column("Customer", "link"), tables.Column("Linked since", "moment")],
        [(each.integration_id, each.since) for each in card.holders],
        desk.formats,
        key="card-holders",
        alt="Customers who hold this card",
        one="holder",
        order="",
        on_open=lambda row: go(OVERVIEW, here().of_customer(card.holders[row].integration_id)),
    )


def _limit(card: CardView) -> str:
    if card.limit is None:
        why = "" if card.holders else ": the API tells it only through a holder"
        return f"{holders_text(card)} linked. Status and limit are not known{why}."
    if not card.limit:
        return f"{len(card.holders)} linked: any number of customers may use it."
    linked = f"{holders_text(card)} customer{'' if card.limit == 1 else 's'} linked"
    if card.status == "blocked":
        return f"{linked}."
    if card.room:
        return f"{linked}, {card.room} more may be."
    return f"{linked}: the card is at its limit."


def link_to(desk: Desk, card: CardView) -> None:
    """Linking one more customer to this card."""
    key = "card-link"
    with st.expander("Link another customer", icon=":material/add_link:", expanded=begun(key)):
        customer = st.text_input(
            "Customer id",
            value=here().customer,
            key=f"{key}-{_mark(card)}",
            max_chars=1000,
            autocomplete="off",
            width=420,
        )
        wanted = (customer or "").strip()
        verdict = can_link(card, wanted)
        if verdict.allowed is not False and verdict.why:
            st.caption(md(verdict.why))
        missing = "" if wanted else "Type a customer id first."
        offer(
            desk,
            Offer(
                key=key,
                label="Link this customer",
                title=f"Link {short(card.identifier)} to {short(wanted, 40)}",
                button="Link the card",
                change=LinkCard(
                    program_id=card.program_id, card_id=card.identifier, profile_id=wanted or "-"
                ),
                blocked=verdict.why if verdict.allowed is False else missing,
            ),
        )


def _mark(card: CardView) -> str:
    """For keys of what is typed or chosen about this card, for the customer who is open."""
    return in_key(card.program_id, card.identifier, here().customer)


def unlink_from(desk: Desk, card: CardView) -> None:
    """Taking one customer off this card. Nothing where nobody is linked."""
    key = "card-unlink"
    held = [each.integration_id for each in card.holders]
    if not held:
        outcomes(desk, key)
        return
    with st.expander("Take a customer off this card", icon=":material/link_off:", expanded=begun(key)):
        customer = st.selectbox(
            "Customer to take off",
            held,
            index=at_first(held),
            key=f"{key}-{_mark(card)}",
            placeholder="Choose who is to be taken off",
            width=420,
        )
        st.caption("The points stay on the card. Where the shop's Talon.One is too old for this, it refuses.")
        offer(
            desk,
            Offer(
                key=key,
                label="Take off this customer",
                title=f"Take {short(customer or '', 40)} off card {short(card.identifier)}",
                button=f"Take {short(customer or '', 40)} off the card",
                blocked="" if customer else "Choose the customer first.",
                change=UnlinkCard(
                    program_id=card.program_id, card_id=card.identifier, profile_id=customer or "-"
                ),
                primary=False,
            ),
        )


def link_card(desk: Desk, customer: str, held: Sequence[CardView]) -> None:
    """Linking a card, by its number, to the open customer."""
    program = _program(desk, "memberships-link-program")
    if program is None:
        return
    text = st.text_input(
        "Card number", key=f"memberships-link-{customer}", max_chars=108, autocomplete="off", width=420
    )
    wanted = (text or "").strip()
    blocked = "" if wanted else "Type or paste a card number first."
    if any(each.identifier == wanted and each.program_id == program.id for each in held):
        blocked = "This customer is linked to this card already."
    change = None
    try:
        change = LinkCard(program_id=program.id, card_id=wanted, profile_id=customer) if wanted else None
    except ValueError:
        blocked = "A card number has 4 to 108 letters, digits and . _ % + @ - only."
    offer(
        desk,
        Offer(
            key="memberships-link",
            label="Link this card",
            title=f"Link {short(wanted, 40)} to {short(customer, 40)}",
            button="Link the card",
            change=change,
            blocked=blocked,
        ),
    )


def generate(desk: Desk, customer: str) -> None:
    """A new card under a number that the desk chooses, for the open customer or for nobody."""
    program = _program(desk, "card-new-program")
    if program is None:
        return
    slot = "card-new-id"
    identifier = st.session_state.setdefault(slot, new_card_id())

    def after(receipt: Receipt) -> None:
        if receipt.outcome is Outcome.DONE:
            made = (receipt.target.id or "").rpartition("/")[2]
            link(CARD, f"Open card **{md(made)}**", here().of_card(made, program.id))
            if made == identifier:
                st.session_state[slot] = new_card_id()

    offer(
        desk,
        Offer(
            key="card-new",
            label="Generate a card for this customer" if customer else "Generate a card for nobody yet",
            title=f"Generate card {identifier} in {program.title}",
            button=f"Generate {identifier}",
            change=GenerateCard(
                program_id=program.id, card_id=identifier, profile_ids=(customer,) if customer else ()
            ),
            primary=False,
            after=after,
        ),
    )


def _program(desk: Desk, key: str) -> Program | None:
    """The card program to work in; asked for only where there are several."""
    known = programs_of(desk)
    if not known:
        nothing(
            "No card program is configured for this Application. Add it to the settings: no operation lists them.",
            key=f"{key}-none",
        )
        return None
    if len(known) == 1:
        return known[0]
    titles = {each.id: each.title for each in known}
    chosen = st.selectbox(
        "Card program", list(titles), format_func=lambda each: md(titles[each]), key=key, width=420
    )
    return next(each for each in known if each.id == chosen)


def lost(card: CardView, program: Program) -> None:
    """What this desk cannot do about a lost card, and the text that hands it over."""
    with st.expander("The card is lost", icon=":material/report:"):
        st.markdown(
            "Points move to another card only in Campaign Manager, by a transfer. It blocks the old card for good."
            " Generate and link a new card here first, then hand this over:"
        )
        names = ", ".join(each.integration_id for each in card.holders) or "nobody"
        active = card.main.active
        lines = [
            "A loyalty card is lost. Please transfer its points to the new card.",
            f"Program: {program.title} (number {program.id})",
            f"Lost card: {card.identifier}",
            "New card: (its number)",
            f"Customers: {names}",
        ]
        if active is not None:
            lines.append(f"Points that could be spent: {active.normalize():f}")
        reply("\n".join(lines), "For whoever works in Campaign Manager")
