"""Reopening and cancelling as a page shows them: what is predicted to be rolled back, to stay, or to depend;
afterwards, what came.

The lists travel with the preview as JSON (`shown`), so that the receipt checks exactly what was on the page.
"""

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from desk.guard import Outcome, Receipt
from desk.guard.kinds.reading import child, objects, text
from desk.guard.model import Json
from desk.guard.wire import record
from desk.insight.reopening import Compared, Predicted, Prediction, Why, compare
from desk.ui.current import Desk
from desk.ui.escape import md
from desk.ui.formats import Formats
from desk.ui.receipt_view import unforeseen
from desk.ui.strip import nothing, panel, reply
from desk.ui.theme import word_md
from desk.ui.words import Names, Tone, effect
from talon_client.models import Effect

LISTS = (
    ("rolled_back", "Will be rolled back", "Nothing"),
    ("stays", "Stays", "Nothing that the desk knows of"),
    ("depends", "Depends", "Nothing"),
)


def to_json(prediction: Prediction, names: Names) -> Json:
    """The lists as they are kept for the receipt."""
    lists: dict[str, Json] = {
        key: [{"why": each.why.name, "effect": record(each.effect)} for each in getattr(prediction, key)]
        for key, _, _ in LISTS
    }
    return {**lists, "items": {str(position): name for position, name in names.items.items()}}


def from_json(shown: Json) -> Prediction | None:
    """The lists of a receipt; None where none were kept, or not in this form."""
    if not isinstance(shown, Mapping) or "rolled_back" not in shown:
        return None
    return Prediction(**{key: _predicted(shown.get(key)) for key, _, _ in LISTS})


def _predicted(entries: Json) -> tuple[Predicted, ...]:
    known = {why.name: why for why in Why}
    return tuple(
        Predicted(
            Effect.model_validate(child(each, "effect")), known.get(text(each.get("why")), Why.UNDOCUMENTED)
        )
        for each in objects(entries)
    )


def lists(desk: Desk, prediction: Prediction, names: Names, *, side_by_side: bool = True) -> None:
    """The three lists, marked as predicted."""
    places: Sequence[object] = (
        st.columns(3) if side_by_side else (st.container(), st.container(), st.container())
    )
    for place, (key, title, none) in zip(places, LISTS, strict=True):
        found: tuple[Predicted, ...] = getattr(prediction, key)
        if not found and key == "depends":
            continue
        with place:  # type: ignore[attr-defined]
            text = [f"**{title}** :small[:gray[predicted]]"]
            for why, effects in _by_reason(found):
                text += ["", *(f"- {_sentence(desk, each, names)}" for each in effects)]
                text += ["", f":small[:gray[{md(why.value)}]]"]
            st.markdown("\n".join(text))
            if not found:
                nothing(none, key=f"reopen-{key}-{side_by_side}")


def _by_reason(found: Iterable[Predicted]) -> list[tuple[Why, list[Effect]]]:
    reasons: dict[Why, list[Effect]] = {}
    for each in found:
        reasons.setdefault(each.why, []).append(each.effect)
    return list(reasons.items())


def _sentence(desk: Desk, each: Effect, names: Names) -> str:
    return word_md(
        effect(each.effect_type, desk.masking.props(each.effect_type, each.props), desk.formats, names)
    )


def checked(desk: Desk, receipt: Receipt) -> None:
    """After a reopening or a cancel: what to do next, and whether it did what was predicted, list by list.
    Nothing for other changes."""
    if receipt.kind == "reopen_session" and receipt.outcome is Outcome.DONE and not receipt.past_world:
        _next(desk, receipt)
    prediction = from_json(receipt.shown)
    if prediction is None or receipt.outcome is not Outcome.DONE:
        return
    found = compare(prediction, [Effect.model_validate(each) for each in receipt.effects])
    names = Names({each.id: each.title for each in desk.application.programs}, _items(receipt.shown))
    if receipt.known_by != "answer":
        panel(
            "What was rolled back is not known",
            "The answer that lists it was lost. The points below were read afterwards.",
            Tone.PENDING,
            key="reopen-checked",
        )
        return
    if found.held and not prediction.rolled_back:
        panel("No rollback had been predicted", "What came of it is below.", key="reopen-checked")
    elif found.held and unforeseen(receipt):
        text = "What these lists had predicted was rolled back. What changed besides is marked in the lines above."
        panel("The lists came true, and more changed", text, key="reopen-checked")
    elif found.held:
        panel("Rolled back as predicted", "", Tone.ACTIVE, key="reopen-checked")
    else:
        panel(
            "Not everything came as predicted", "Compare the lists below.", Tone.PENDING, key="reopen-checked"
        )
    _compared(desk, "Predicted, but not (fully) rolled back", found.missing, names)
    _compared(desk, "Could not be predicted", found.settled, names)
    if found.surprises:
        lines = [f"- {_sentence(desk, each, names)}" for each in found.surprises]
        st.markdown("\n".join(["**Rolled back without being predicted**", "", *lines]))


NEXT = (
    "The order is open again: the shop has to update and close it; until then it earns nothing. "
    "This desk cannot close orders."
)


def _next(desk: Desk, receipt: Receipt) -> None:
    panel("What has to happen now", NEXT, Tone.PENDING, key="reopen-next")
    reply(handover(receipt, desk.formats), "To hand over to the shop")


def handover(receipt: Receipt, formats: Formats) -> str:
    """What the shop is told about a reopened session, with its id and the customer's."""
    customers = [each.id for each in receipt.subjects if each.kind == "profile" and each.id]
    whose = f" of customer {', '.join(customers)}" if customers else ""
    when = formats.moment(receipt.finished or receipt.confirmed)
    return (
        f"Session {receipt.target.id or 'erased'}{whose} was reopened on {when} (receipt {receipt.id}). "
        "Please update it and close it: until then it earns nothing."
    )


def _compared(desk: Desk, title: str, entries: Sequence[Compared], names: Names) -> None:
    if not entries:
        return
    lines = [f"- {_sentence(desk, each.predicted.effect, names)}: {_came(desk, each)}" for each in entries]
    st.markdown("\n".join([f"**{title}**", "", *lines]))


def _came(desk: Desk, each: Compared) -> str:
    if not each.came:
        # That nothing was reported proves nothing of a discount: an open session keeps none, it proposes anew.
        discount = each.predicted.why is Why.DISCOUNT
        again = "; discounts are worked out anew at the next update" if discount else ""
        return f"no rollback was reported{again}"
    if each.came == each.wanted:
        return "rolled back"
    return f"{md(desk.formats.points(each.came))} of {md(desk.formats.points(each.wanted))} rolled back"


def _items(shown: Json) -> dict[int, str]:
    items = shown.get("items") if isinstance(shown, Mapping) else None
    if not isinstance(items, Mapping):
        return {}
    return {int(position): str(name) for position, name in items.items() if position.isdecimal()}
