"""JSON documents of the shapes that the models document: fields added, missing or null."""

from datetime import UTC, datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel

from talon_client.models.base import Number, Timestamp

_names = st.text("abcdefgh", min_size=1, max_size=6)
_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_names, inner, max_size=2),
    max_leaves=4,
)
_moments = st.datetimes(timezones=st.just(UTC), min_value=datetime(1, 1, 2)).map(  # noqa: DTZ001
    lambda moment: moment.isoformat()
)
_timestamps = _moments | st.sampled_from(
    ["immediate", "unlimited", "2022-08-02T15:04:05Z07:00", "0001-01-01T00:00:00Z", "2026-01-31", ""]
)
_SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    Number: st.integers(-(10**9), 10**9) | st.decimals(-(10**6), 10**6, places=2).map(float),
    Any: _json,
    type(None): st.none(),
}


@cache
def document(annotation: Any) -> st.SearchStrategy[Any]:
    """Documents of a model or a field's type."""
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    if annotation == Timestamp:
        return _timestamps
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return st.deferred(lambda: _object(annotation))
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return document(arguments[0])
    if origin in (Union, UnionType):
        return st.one_of([document(each) for each in arguments])
    if origin is Literal:
        return st.sampled_from(arguments) | st.just("an unknown value")
    if origin is tuple:
        return st.lists(document(arguments[0]), max_size=2)
    if origin is dict:
        return st.dictionaries(_names, document(arguments[1]), max_size=2)
    raise AssertionError(f"what is {annotation}?")


@cache
def _object(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    hints: dict[str, Any] = {
        field.alias or name: field.annotation for name, field in model.model_fields.items()
    }
    known = st.fixed_dictionaries(
        {}, optional={name: st.none() | document(hint) for name, hint in hints.items()}
    )
    added = st.dictionaries(_names.map(lambda name: f"x{name}"), _json, max_size=1)
    return st.builds(lambda one, other: one | other, known, added)
