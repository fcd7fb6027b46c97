"""How every model of the client behaves: tolerant when reading answers, strict when building requests."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

T = TypeVar("T")
V = TypeVar("V")


class Model(BaseModel):
    """Part of an answer. Nothing is required, unknown fields stay in `model_extra`, values cannot be changed.

    A field that the API left out or sent as null is `None`; a list or mapping is empty.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        defer_build=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        protected_namespaces=(),
    )


class RequestModel(BaseModel):
    """Part of a request body. Unknown fields are refused; only fields that were set are sent."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        protected_namespaces=(),
    )

    def to_json(self) -> bytes:
        """The body as the API expects it: wire names, set fields only."""
        return self.model_dump_json(by_alias=True, exclude_unset=True).encode()


def _late_datetime(value: str) -> datetime | str:
    """Dates without a time or an offset mean UTC (facts.md, Transport); what is no date stays text."""
    if not value[:4].isdecimal():
        return value  # `immediate` and `unlimited` are in most rows
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return value
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _plain_numbers(value: Any) -> Any:
    """Exact numbers as JSON numbers, which an account's number attributes take; pydantic would quote them."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("an attribute must be a finite number")
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _plain_numbers(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain_numbers(each) for each in value]
    return value


if TYPE_CHECKING:
    Timestamp = datetime | str
    Many = tuple[T, ...]
    Mapped = dict[str, V]
    Amount = Decimal
    SentAttributes = dict[str, Any]
else:
    # The first branch is parsed in Rust; only what it refuses costs a call into Python.
    Timestamp = Annotated[
        AwareDatetime | Annotated[str, AfterValidator(_late_datetime)], Field(union_mode="left_to_right")
    ]
    # Go sends an empty slice or map as null. A validator behind the parser keeps the fast path.
    Many = Annotated[tuple[T, ...] | None, AfterValidator(lambda value: value or ())]
    Mapped = Annotated[dict[str, V] | None, AfterValidator(lambda value: value or {})]
    # JSON numbers, not strings, are what the API takes.
    Amount = Annotated[
        Decimal, Field(allow_inf_nan=False), PlainSerializer(float, return_type=float, when_used="json")
    ]
    SentAttributes = Annotated[dict[str, Any], PlainSerializer(_plain_numbers, when_used="json")]

Attributes = Mapped[Any]
"""Custom attributes: names and value types are defined by each account."""


class Entity(Model):
    """What most stored things have: the API's internal number and when it was created (UTC)."""

    id: int | None = None
    created: Timestamp | None = None


class Page(Model, Generic[T]):
    """One page of a list: `has_more` (loyalty, campaigns) or `total_result_size` (the others)."""

    data: Many[T] = ()
    has_more: bool | None = None
    total_result_size: int | None = None
