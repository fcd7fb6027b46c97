"""The URL holds the place: which customer, order, code, card, tab and range a link opens. Ids only, never names."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import streamlit as st

# Longer than any id can be: what was pasted is kept, and the page says that it is too long to be one.
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where the desk is. Empty text means "not chosen", 0 likewise. The main ledger is `subledger` "main", `row` one of
    the audit trail."""

    application: str = ""
    customer: str = ""
    program: int = 0
    subledger: str = ""
    range: str = ""
    figure: str = ""
    tab: str = ""
    day: str = ""
    session: str = ""
    code: str = ""
    card: str = ""
    find: str = ""
    receipt: str = ""
    plan: str = ""
    row: int = 0

    def params(self) -> dict[str, str]:
        """The query parameters of a link to this place: only what is chosen, as text."""
        return {f.name: str(value) for f in fields(self) if (value := getattr(self, f.name))}

    @property
    def subject(self) -> "Place":
        """What the page is about, without how it is looked at."""
        return replace(self, subledger="", range="", figure="", tab="", day="", find="", row=0)

    def of_customer(self, customer: str) -> "Place":
        """The same Application, another customer, nothing else chosen."""
        return Place(application=self.application, customer=customer)

    def of_session(self, session: str) -> "Place":
        """An order of the current customer."""
        return Place(application=self.application, customer=self.customer, session=session)

    def of_code(self, code: str) -> "Place":
        """A coupon code, with the current customer."""
        return Place(application=self.application, customer=self.customer, code=code)

    def of_card(self, card: str, program: int = 0) -> "Place":
        """A loyalty card, with the current customer."""
        return Place(application=self.application, customer=self.customer, card=card, program=program)

    def of_receipt(self, receipt: str) -> "Place":
        """The receipt of one change."""
        return Place(application=self.application, customer=self.customer, receipt=receipt)


def parse(params: Mapping[str, str]) -> Place:
    """The place that query parameters name. Anything else in them, over-long text and bad numbers are ignored."""
    return Place(
        program=_number(params, "program"),
        row=_number(params, "row"),
        application=_text(params, "application"),
        customer=_text(params, "customer"),
        subledger=_text(params, "subledger"),
        range=_text(params, "range"),
        figure=_text(params, "figure"),
        tab=_text(params, "tab"),
        day=_text(params, "day"),
        session=_text(params, "session"),
        code=_text(params, "code"),
        card=_text(params, "card"),
        find=_text(params, "find"),
        receipt=_text(params, "receipt"),
        plan=_text(params, "plan"),
    )


def _text(params: Mapping[str, str], name: str) -> str:
    value = params.get(name, "").strip()
    return value if len(value) <= LONGEST else ""


def _number(params: Mapping[str, str], name: str) -> int:
    value = params.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else 0


def here() -> Place:
    """The place that the URL of this run names."""
    return parse(st.query_params)


def stay(place: Place) -> None:
    """Puts `place` into the URL without leaving the page; Back returns to the one before."""
    wanted = place.params()
    if dict(st.query_params) != wanted:
        st.query_params.from_dict(wanted)


def link(page: str, label: str, place: Place, *, icon: str | None = None, hint: str | None = None) -> None:
    """A link to `place` on another page of the desk (`pages/customer/points.py`). `label` is Markdown: escape ids."""
    st.page_link(page, label=label, icon=icon, help=hint, query_params=place.params())


def go(page: str, place: Place) -> None:
    """Leaves for `place` on another page; nothing after this call runs."""
    st.switch_page(page, query_params=place.params())
