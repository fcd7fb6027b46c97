"""Which movements of a ledger the table shows: by what they were, where they come from, rule, order, size and days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import streamlit as st

from desk.insight.columns import Ints, ticks
from desk.insight.days import begin_of, day_of, end_of
from desk.insight.moves import KINDS, MoveKind, Moves
from desk.ui.escape import md
from desk.ui.formats import Formats
from desk.ui.ledger_rows import what_kind

SOURCES = {"order": "An order", "rule": "A rule without an order", "hand": "By hand, or imported"}
_NAMED = 2000  # rules that can be chosen from


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; empty means everything. Amounts are sizes, days inclusive."""

    kinds: Sequence[MoveKind] = ()
    sources: Sequence[str] = ()
    rules: Sequence[str] = ()
    order: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    first: date | None = None
    last: date | None = None

    @property
    def count(self) -> int:
        """How many of them say something."""
        days = self.first is not None or self.last is not None
        said = (self.kinds, self.sources, self.rules, self.order, self.least, self.most)
        return sum(bool(each) or isinstance(each, Decimal) for each in said) + days


def kept(moves: Moves, filters: Filters, zoned: Formats) -> Moves:
    """The movements that all filters let through. Days are those of `zoned`."""
    columns, rows = moves.columns, moves.rows
    mask = np.ones(len(moves), dtype=bool)
    if filters.kinds:
        mask &= np.isin(columns.kinds, [KINDS.index(kind) for kind in filters.kinds])
    if filters.sources:
        mask &= np.isin(_sources(moves), filters.sources)
    if filters.rules:
        wanted = set(filters.rules)
        named = [(rule or name) in wanted for rule, name in zip(rows.rules, rows.names, strict=True)]
        mask &= np.array(named, dtype=bool)[columns.places]
    if filters.order:
        part = filters.order.casefold()
        mask &= np.array([part in each.casefold() for each in rows.sessions], dtype=bool)[columns.places]
    if filters.least is not None:
        mask &= columns.amounts >= filters.least * 10**moves.scale
    if filters.most is not None:
        mask &= columns.amounts <= filters.most * 10**moves.scale
    if filters.first is not None:
        mask &= columns.at >= ticks(begin_of(filters.first, zoned.tz))
    if filters.last is not None:
        mask &= columns.at <= ticks(end_of(filters.last, zoned.tz))
    return moves if mask.all() else moves.where(mask)


def _sources(moves: Moves) -> Ints:
    rows = moves.rows
    pairs = zip(rows.sessions, rows.rules, strict=True)
    sources = np.array(["order" if session else "rule" if rule else "hand" for session, rule in pairs])
    return sources[moves.columns.places]


def filtered(moves: Moves, zoned: Formats, slot: str) -> Moves:
    """The filters, folded behind a button, and what they let through. `slot` names the ledger."""
    found = kept(moves, _chosen(slot), zoned)
    count = _chosen(slot).count
    label = f"Filter ({count})" if count else "Filter"
    with st.popover(label, icon=":material/filter_list:", type="tertiary", key=f"{slot}-filter"):
        _form(moves, zoned, slot)
    return found


def _chosen(slot: str) -> Filters:
    """What the widgets of the run before say: the button's words stand above them."""

    def said(name: str) -> Any:
        return st.session_state.get(f"{slot}-{name}")

    days: Sequence[date] = said("days") or ()
    return Filters(
        kinds=tuple(said("kinds") or ()),
        sources=tuple(said("sources") or ()),
        rules=tuple(said("rules") or ()),
        order=(said("order") or "").strip(),
        least=None if said("least") is None else Decimal(str(said("least"))),
        most=None if said("most") is None else Decimal(str(said("most"))),
        first=days[0] if days else None,
        last=days[1] if len(days) > 1 else None,
    )


def _form(moves: Moves, zoned: Formats, slot: str) -> None:
    there = np.unique(moves.columns.kinds).tolist()
    st.multiselect(
        "What happened",
        [KINDS[code] for code in there],
        format_func=lambda kind: what_kind(kind).text,
        key=f"{slot}-kinds",
        placeholder="Anything",
    )
    st.multiselect(
        "Comes from",
        list(SOURCES),
        format_func=SOURCES.__getitem__,
        key=f"{slot}-sources",
        placeholder="Anywhere",
    )
    rows = moves.rows
    rules = sorted({rule or name for rule, name in zip(rows.rules, rows.names, strict=True)} - {""})
    if rules:
        st.multiselect(
            "Rule or name",
            rules[:_NAMED],
            format_func=md,
            key=f"{slot}-rules",
            placeholder="Any",
        )
    st.text_input("Order", key=f"{slot}-order", placeholder="Part of its number", autocomplete="off")
    with st.container(horizontal=True, gap="small"):
        st.number_input("Points from", min_value=0.0, value=None, format="%.10g", key=f"{slot}-least")
        st.number_input("to", min_value=0.0, value=None, format="%.10g", key=f"{slot}-most")
    first, last = (day_of(moves[place].at, zoned.tz) for place in (0, -1))
    st.date_input(
        f"Days ({zoned.zone})",
        value=[],
        min_value=first,
        max_value=last,
        format="DD/MM/YYYY",
        key=f"{slot}-days",
    )
    st.button("Clear", key=f"{slot}-clear", on_click=_clear, args=(slot,), type="tertiary")


def _clear(slot: str) -> None:
    for name in ("kinds", "sources", "rules"):
        st.session_state[f"{slot}-{name}"] = []
    st.session_state[f"{slot}-order"] = ""
    for name in ("least", "most"):
        st.session_state[f"{slot}-{name}"] = None
    st.session_state[f"{slot}-days"] = []
