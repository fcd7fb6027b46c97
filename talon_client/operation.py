"""An operation as data, and how arguments are bound to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote, quote_plus

from pydantic import BaseModel

from talon_client.call import Call, Safety
from talon_client.models.base import RequestBody

T_co = TypeVar("T_co", covariant=True)

# httpx gives up at 64 Ki characters; this leaves room for the host.
LONGEST_URL = 60_000

Kind = Literal["string", "integer", "boolean", "datetime", "strings", "integers"]
Style = Literal["single", "joined", "repeated"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One path or query parameter. `style` says how several values are written (facts.md, Transport)."""

    name: str
    wire: str
    place: Literal["path", "query"]
    kind: Kind
    style: Style = "single"
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    since: str = "25.15"
    repeated_since: str | None = None

    def encode(self, value: object) -> list[str]:
        """The value as it is written, one text per occurrence; `ValueError` says what is wrong."""
        several = self.kind in ("strings", "integers") and not isinstance(value, str)
        values = value if several and isinstance(value, Sequence) else [value]
        if not values:
            # Sent without the parameter, it would ask for everything.
            raise ValueError(f"{self.name} is empty: leave it out to ask for all, or do not ask")
        texts = [self._encode_one(each) for each in values]
        return [",".join(texts)] if self.style == "joined" else texts

    def _encode_one(self, value: object) -> str:
        if self.kind == "boolean":
            if not isinstance(value, bool):
                raise ValueError(f"{self.name} must be True or False")
            return "true" if value else "false"
        if self.kind in ("integer", "integers"):
            return self._encode_integer(value)
        if self.kind == "datetime":
            return self._encode_datetime(value)
        if not isinstance(value, str):
            raise ValueError(f"{self.name} must be text")
        return self._check_text(value)

    def _encode_datetime(self, value: object) -> str:
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise ValueError(f"{self.name} must be a datetime with a time zone")
        try:
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        except OverflowError:
            raise ValueError(f"{self.name} is outside the years 1 to 9999 in UTC") from None

    def _encode_integer(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"{self.name} must be a whole number")
        if self.minimum is not None and value < self.minimum:
            raise ValueError(f"{self.name} must be at least {self.minimum}")
        if self.maximum is not None and value > self.maximum:
            raise ValueError(f"{self.name} must be at most {self.maximum}")
        return str(value)

    def _check_text(self, value: str) -> str:
        if self.choices and value not in self.choices:
            raise ValueError(f"{self.name} must be one of {', '.join(self.choices)}")
        if self.min_length is not None and len(value) < self.min_length:
            raise ValueError(f"{self.name} must have at least {self.min_length} characters")
        if self.max_length is not None and len(value) > self.max_length:
            raise ValueError(f"{self.name} must have at most {self.max_length} characters")
        if self.style == "joined" and "," in value:
            raise ValueError(f"{self.name} must not hold a comma: the API joins values by commas")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError(f"{self.name} holds half a character (an unpaired surrogate)")
        return value

    def encode_segment(self, value: object) -> str:
        """The value as one path segment: never empty, never a dot segment, everything quoted."""
        text = self._encode_one(value)
        if text in ("", ".", ".."):
            raise ValueError(f"{self.name} must not be empty, '.' or '..'")
        return quote(text, safe="")


DryRule = Literal["never", "dry", "dry with rules"]


@dataclass(frozen=True, slots=True, eq=False)
class Operation(Generic[T_co]):
    """One operation of the Integration API, as data that client, sandbox, roles and tests share.

    `response_model`, `request_model`: lead to `response` and `request`, which are made when somebody asks for them.
    `dry_rule`: whether `dry=true` makes it harmless (`dry with rules`: only with `run_rule_engine=True`).
    `lock_on`: what one write at a time is kept for. `paged`: `iterate` works. A success of 204 beside another one means
    that the answer may be `None`. `legacy`: no edition describes it any more.
    """

    id: str
    wire_id: str
    tag: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    safety: Safety
    success: tuple[int, ...]
    parameters: tuple[Parameter, ...]
    response_model: Callable[[], type[T_co]] | None = None
    request_model: Callable[[], type[BaseModel]] | None = None
    since: str = "25.15"
    legacy: bool = False
    dry_rule: DryRule = "never"
    lock_on: tuple[tuple[str, str], ...] = ()
    paged: bool = False

    def __repr__(self) -> str:
        return f"<Operation {self.id}>"

    def __reduce__(self) -> tuple[object, ...]:
        # One object an operation: pickled by name, so that identity survives.
        return (_by_id, (self.id,))

    @property
    def response(self) -> type[T_co] | None:
        """What a success is read into; `None` where the answer has no body."""
        return None if self.response_model is None else self.response_model()

    @property
    def request(self) -> type[BaseModel] | None:
        """What is sent as body; `None` where there is none."""
        return None if self.request_model is None else self.request_model()

    def parameter(self, name: str) -> Parameter:
        """The parameter of that (snake case) name; `KeyError` when there is none."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(name)

    def bind(self, arguments: Mapping[str, object], body: RequestBody | None = None) -> Call[T_co]:
        """A call with these arguments; those that are `None` are left out. `ValueError` says what is
        wrong."""
        path, query, bound = self.path, [], []
        for parameter in self.parameters:
            value = arguments.get(parameter.name)
            if parameter.place == "path":
                path = path.replace("{" + parameter.wire + "}", parameter.encode_segment(value), 1)
                bound.append((parameter.name, value))
            elif value is not None:
                query += [(parameter.wire, text) for text in parameter.encode(value)]
        if len(path) + sum(len(wire) + len(quote_plus(text)) + 2 for wire, text in query) > LONGEST_URL:
            raise ValueError(f"{self.id} has too much to ask for one URL: ask in several calls")
        safety = self._safety(arguments)
        return Call(
            operation=self,
            path=path,
            query=tuple(query),
            content=None if body is None else body.to_json(),
            safety=safety,
            arguments=tuple(bound),
            locks=self._locks(arguments, body) if safety.writes else (),
        )

    def _safety(self, arguments: Mapping[str, object]) -> Safety:
        if self.dry_rule == "never" or not arguments.get("dry"):
            return self.safety
        if self.dry_rule == "dry with rules" and not arguments.get("run_rule_engine"):
            # The API would persist the change (design.md, Safety).
            raise ValueError("dry=True needs run_rule_engine=True: alone it would be persisted")
        return Safety.DRY

    def _locks(self, arguments: Mapping[str, object], body: RequestBody | None) -> tuple[str, ...]:
        named = {
            f"{kind}:{value}"
            for kind, source in self.lock_on
            for value in _named(source, arguments, body)
            if value
        }
        return tuple(sorted(named))


def _named(source: str, arguments: Mapping[str, object], body: RequestBody | None) -> list[Any]:
    """The ids of that name: an argument, or a field of the body, of its session, or of its profiles."""
    if arguments.get(source) is not None:
        return [arguments[source]]
    parts = getattr(body, "customer_profiles", None) or [getattr(body, "customer_session", body)]
    return [getattr(part, source, None) for part in parts]


def _by_id(operation_id: str) -> "Operation[Any]":
    from talon_client.operations import OPERATIONS

    return OPERATIONS[operation_id]


def path_parameter(
    name: str,
    wire: str,
    kind: Kind = "string",
    *,
    min_length: int | None = None,
    max_length: int | None = None,
) -> Parameter:
    """A parameter that is part of the path."""
    return Parameter(name, wire, "path", kind, min_length=min_length, max_length=max_length)


def query_parameter(
    name: str,
    wire: str,
    kind: Kind = "string",
    *,
    style: Style = "single",
    choices: tuple[str, ...] = (),
    minimum: int | None = None,
    maximum: int | None = None,
    since: str = "25.15",
    repeated_since: str | None = None,
) -> Parameter:
    """A parameter of the query."""
    return Parameter(
        name,
        wire,
        "query",
        kind,
        style=style,
        choices=choices,
        minimum=minimum,
        maximum=maximum,
        since=since,
        repeated_since=repeated_since,
    )
