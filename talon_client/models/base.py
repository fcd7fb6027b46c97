"""How every model of the client behaves: tolerant when reading answers, strict when building requests."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from math import isfinite
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any, Generic, Protocol, TypeAlias, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetPydanticSchema, PlainSerializer
from pydantic.alias_generators import to_camel

T = TypeVar("T")
V = TypeVar("V")


class RequestBody(Protocol):
    """What can be sent as a body."""

    def to_json(self) -> bytes:
        """The body as the API expects it."""
        ...


_SOME = 500
_LISTS = (list, tuple, set, frozenset)
_WORDS = frozenset({"immediate", "unlimited", "on_action"})
_parse = datetime.fromisoformat


def read_timestamp(value: Any) -> datetime | str:
    """Dates without a time or an offset mean UTC (facts.md, Transport); what is no date stays text."""
    try:
        if value in _WORDS:
            return str(value)
        parsed = _parse(value)
    except ValueError:
        return str(value)
    except TypeError:
        return value if isinstance(value, datetime) else str(value)
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)


def read_number(value: Any) -> Decimal:
    """The number as JSON wrote it: 0.1 is a tenth. The API's numbers have 64 bits, that is 17 digits."""
    return Decimal(repr(value).removesuffix(".0")) if isinstance(value, float) else Decimal(value)


class _ReadLate:
    """Reads a date or a number when somebody looks at it: a page has thousands, and reading them is a third of what it
    costs.

    What was sent stays in the instance, so that equal answers are equal whoever has looked at them.
    """

    def __init__(self, name: str, read: Callable[[Any], object]) -> None:
        self._name = name
        self._read = read

    def __get__(self, instance: "Model | None", owner: type["Model"]) -> object:
        if instance is None:
            raise AttributeError(self._name)  # as pydantic has it: a field is no attribute of its class
        value = instance.__dict__[self._name]
        return None if value is None else self._read(value)

    def __set__(self, instance: "Model", value: object) -> None:
        raise AttributeError(f"{self._name} cannot be changed")


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

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        for name, field in cls.model_fields.items():
            for kind, read in _LATE:
                if kind in get_args(field.annotation):
                    setattr(cls, name, _ReadLate(name, read))


def columns_of(answers: Sequence[Model], names: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Fields of many answers of one model side by side, in their order, dates as the text and numbers as the floats
    that were sent; fields that the model does not have are left out.

    For those who read thousands of rows at once: a fifth of the time that attributes take. Each answer is gone to
    once, and a few hundred at a time, so that what is built on the way is gone before it is in anybody's way.
    """
    known = type(answers[0]).model_fields if answers else {}
    wanted = [name for name in names if name in known]
    columns: dict[str, list[Any]] = {name: [] for name in wanted}
    if len(wanted) == 1:
        columns[wanted[0]] = [answer.__dict__[wanted[0]] for answer in answers]
    elif wanted:
        fields = itemgetter(*wanted)
        for start in range(0, len(answers), _SOME):
            rows = [fields(answer.__dict__) for answer in answers[start : start + _SOME]]
            for name, values in zip(wanted, zip(*rows, strict=True), strict=True):
                columns[name] += values
    # A tuple of texts and numbers is nothing that the garbage collector would go through again.
    return {name: tuple(values) for name, values in columns.items()}


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


def _plain_numbers(value: Any) -> Any:
    """Exact numbers as JSON numbers, which an account's number attributes take; pydantic would quote them."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _plain_numbers(each) for name, each in value.items()}
    if isinstance(value, _LISTS):
        return [_plain_numbers(each) for each in value]
    return value


def _finite(value: V) -> V:
    """The value, where all numbers in it can be sent; JSON has none for the others, and they would go as null."""
    if isinstance(value, dict):
        for each in value.values():
            _finite(each)
    elif isinstance(value, _LISTS):
        for each in value:
            _finite(each)
    elif isinstance(value, (int, float, Decimal)) and not _fits(value):
        raise ValueError("a number must be finite and within the range of 64 bits (a double)")
    return value


def _fits(number: float | Decimal) -> bool:
    try:
        return isfinite(float(number))
    except (OverflowError, ValueError):
        return False


if TYPE_CHECKING:
    Timestamp = datetime | str
    Number = Decimal
    Open: TypeAlias = T | str
    Many = tuple[T, ...]
    Mapped = dict[str, V]
    # What may be given; a body that was built holds the `Decimal`.
    Amount: TypeAlias = Decimal | float | str
    SentValue: TypeAlias = Any
    SentAttributes = dict[str, Any]
else:
    # Kept as sent; `_ReadLate` reads them.
    Timestamp = Annotated[Any, "an instant, or a word for one"]
    Number = Annotated[float, Field(allow_inf_nan=False)]
    # The values that are documented today, and every other: looking for them in each answer would only take time.
    Open = Annotated[T | str, GetPydanticSchema(lambda _source, handler: handler(str))]
    # Go sends an empty slice or map as null. A validator behind the parser keeps the fast path.
    Many = Annotated[tuple[T, ...] | None, AfterValidator(lambda value: value or ())]
    Mapped = Annotated[dict[str, V] | None, AfterValidator(lambda value: value or {})]
    # JSON numbers, not strings, are what the API takes.
    Amount = Annotated[
        Decimal,
        Field(allow_inf_nan=False),
        AfterValidator(_finite),
        PlainSerializer(float, return_type=float, when_used="json"),
    ]
    SentValue = Annotated[Any, AfterValidator(_finite), PlainSerializer(_plain_numbers, when_used="json")]
    SentAttributes = Annotated[
        dict[str, Any], AfterValidator(_finite), PlainSerializer(_plain_numbers, when_used="json")
    ]

_LATE: tuple[tuple[Any, Callable[[Any], object]], ...] = ((Timestamp, read_timestamp), (Number, read_number))

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
