"""From a request line to an operation: matches the raw path, so that an id may hold `/` as %2F."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from talon_client.operation import Operation


@dataclass(frozen=True, slots=True)
class Match:
    """An operation and its path arguments, percent-decoded, by snake-case name."""

    operation: Operation[object]
    path: dict[str, str]


@dataclass(frozen=True, slots=True)
class Miss:
    """No operation: the status and message to answer with."""

    status: int
    message: str


class Router:
    """Finds operations by method and path; literal segments win over parameters."""

    def __init__(self, operations: Iterable[Operation[object]]) -> None:
        self._routes: dict[int, list[tuple[list[str | None], list[str], Operation[object]]]] = {}
        for operation in operations:
            names = {
                parameter.wire: parameter.name
                for parameter in operation.parameters
                if parameter.place == "path"
            }
            segments = operation.path.strip("/").split("/")
            literals = [None if segment.startswith("{") else segment for segment in segments]
            parameters = [names[segment[1:-1]] if segment.startswith("{") else "" for segment in segments]
            self._routes.setdefault(len(segments), []).append((literals, parameters, operation))
        for routes in self._routes.values():
            routes.sort(key=lambda route: [literal is None for literal in route[0]])

    def match(self, method: str, raw_path: bytes) -> Match | Miss:
        """Match the path as it was on the wire: split first, percent-decode each segment after that."""
        try:
            segments = [
                unquote_to_bytes(segment).decode() for segment in raw_path.removeprefix(b"/").split(b"/")
            ]
        except UnicodeDecodeError:
            return Miss(400, "The path is not UTF-8 text")
        other_methods = []
        for literals, parameters, operation in self._routes.get(len(segments), ()):
            if any(
                not segment if literal is None else segment != literal
                for literal, segment in zip(literals, segments, strict=True)
            ):
                continue
            if operation.method == method:
                path = {name: value for name, value in zip(parameters, segments, strict=True) if name}
                return Match(operation, path)
            other_methods.append(operation.method)
        if other_methods:
            return Miss(405, f"Method not allowed here: use {' or '.join(sorted(other_methods))}")
        return Miss(404, "No such operation: see the list in /_sandbox/coverage")
