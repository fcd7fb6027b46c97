"""A call: one operation bound to its arguments, ready to be sent, described or refused."""

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from talon_client.operation import Operation

T_co = TypeVar("T_co", covariant=True)


class Safety(str, Enum):
    """What may happen when a request is repeated. Source: design.md, talon_client."""

    READ = "read"
    DRY = "dry"
    KEYED = "keyed"
    IDEMPOTENT = "idempotent"
    UNSAFE = "unsafe"

    @property
    def writes(self) -> bool:
        """Whether such a call can change anything at the API."""
        return self not in (Safety.READ, Safety.DRY)

    @property
    def takes_key(self) -> bool:
        """Whether the API documents `Idempotency-Key` for such an operation."""
        return self is Safety.KEYED


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """A request that can be made. Equal calls are the same request; `repr` holds no ids."""

    operation: "Operation[T_co]"
    path: str
    query: tuple[tuple[str, str], ...]
    content: bytes | None
    safety: Safety
    arguments: tuple[tuple[str, object], ...]
    locks: tuple[str, ...] = ()
    idempotency_key: str | None = field(default=None, compare=False)

    def argument(self, name: str) -> object:
        """The path argument of that (snake case) name; `KeyError` when the operation has none."""
        return dict(self.arguments)[name]

    def with_key(self, idempotency_key: str) -> "Call[T_co]":
        """The same call under a key of your own (1 to 255 printable ASCII characters). Only operations that
        take keys send it."""
        if not 1 <= len(idempotency_key) <= 255 or not all(" " < c < "\x7f" for c in idempotency_key):
            raise ValueError("an idempotency key holds 1 to 255 printable ASCII characters without spaces")
        return replace(self, idempotency_key=idempotency_key)

    def __repr__(self) -> str:
        return f"<Call {self.operation.id} {self.operation.method} {self.operation.path} {self.safety.value}>"
