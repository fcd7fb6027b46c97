"""What passes between the server and the handlers: one request in, one answer or one refusal out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """One checked request: snake-case names in `path` and `query`, wire names in `body`; exact numbers."""

    operation: str
    path: Mapping[str, str | int] = field(default_factory=dict)
    query: Mapping[str, object] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    idempotency_key: str | None = None
    body_hash: str = ""

    def text(self, name: str) -> str:
        """The path parameter `name` as text."""
        return str(self.path[name])

    def number(self, name: str) -> int:
        """The path parameter `name` as an integer."""
        return int(self.path[name])

    def flag(self, name: str) -> bool:
        """The query parameter `name`; absent means false."""
        return self.query.get(name) is True


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body with wire names; Decimals are written as exact JSON numbers; None is an empty body."""

    status: int
    body: object | None = None


class ApiError(Exception):
    """A refusal in the documented envelope: status, message and `errors` (title, details, source)."""

    def __init__(self, status: int, message: str, errors: Sequence[Mapping[str, object]] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = [dict(error) for error in errors]


def invalid(title: str, details: str, *, pointer: str = "", parameter: str = "") -> ApiError:
    """A 400 that names one place in the body or one parameter."""
    source = {"pointer": pointer} if pointer else {"parameter": parameter} if parameter else {}
    return ApiError(
        400, "The submitted data was invalid", [{"title": title, "details": details, "source": source}]
    )


def not_found(what: str) -> ApiError:
    """A 404; its text is undocumented (choices.py, not-found-text)."""
    return ApiError(404, f"{what} was not found", [{"title": "Not found", "details": what, "source": {}}])
