"""The sandbox's application without a server: one request in, status and body out, on one event loop."""

from datetime import datetime

from talon_sandbox.sandbox import Settings, open_shell
from talon_sandbox.server import Application
from tests.support.coroutines import Loop


class Door:
    """Opens a sandbox of its own; close it."""

    def __init__(self, now: datetime, *, edition: str = "26.16", world: str = "empty") -> None:
        self.shell = open_shell(Settings(now=now, edition=edition, world=world))
        self.application = Application(self.shell)
        self._loop = Loop()

    def close(self) -> None:
        """Close the world and the loop."""
        self.shell.world.close()
        self._loop.close()

    def send(self, method: str, path: str, query: str, body: bytes | None) -> tuple[int, bytes]:
        """One request with the right key."""
        received = False
        status, chunks = 0, []

        async def receive() -> dict[str, object]:
            nonlocal received
            if received:
                return {"type": "http.disconnect"}
            received = True
            return {"type": "http.request", "body": body or b"", "more_body": False}

        async def send(message: object) -> None:
            nonlocal status
            assert isinstance(message, dict)
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                chunks.append(message.get("body", b""))

        scope: dict[str, object] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"authorization", f"ApiKey-v1 {self.shell.api_key}".encode())],
            "client": ("127.0.0.1", 0),
            "server": ("localhost", 80),
            "extensions": {},
        }
        self._loop.run(self.application(scope, receive, send))
        return status, b"".join(chunks)
