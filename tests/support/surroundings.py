"""What the tests run in: clean settings, no network but this machine, nothing left out silently."""

import ipaddress
import os
import shutil
import socket
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

COMPLETE = os.environ.get("DESK_TEST_COMPLETE") == "1"
SOAK = os.environ.get("DESK_TEST_SOAK") == "1"
DATABASE_URL = os.environ.get("DESK_TEST_DATABASE_URL", "")
CHROMIUM = (
    os.environ.get("DESK_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
)
OPENAPI = Path(os.environ.get("TALON_OPENAPI") or ROOT.parent / "shared" / "talon-one")

MISSING = {
    "browser": "" if CHROMIUM else "no Chromium was found (install Debian's package chromium)",
    "postgres": "" if DATABASE_URL else "DESK_TEST_DATABASE_URL is not set",
    "description": ""
    if (OPENAPI / "integration-openapi.json").is_file()
    else "TALON_OPENAPI holds no description",
}
"""By marker: what is missing on this machine, empty when it is there."""


def forget_settings() -> None:
    """Takes `TALON_*` and `DESK_*` out of the environment, so that no test meets somebody's real key."""
    for name in list(os.environ):
        # What the tests themselves are told stays: pytest-xdist's workers read it again in their own process.
        if name.startswith("DESK_TEST_") or name == "TALON_OPENAPI":
            continue
        if name.startswith(("TALON_", "DESK_")):
            del os.environ[name]


class LeavingTheMachine(AssertionError):
    """A test tried to reach another machine."""


def stay_on_this_machine() -> None:
    """Refuses sockets off loopback, in this process."""
    real = socket.socket.connect
    real_ex = socket.socket.connect_ex

    def check(address: Any) -> None:
        if isinstance(address, tuple) and address and not _is_loopback(str(address[0])):
            raise LeavingTheMachine(f"a test tried to reach {address[0]}")

    def connect(self: socket.socket, address: Any) -> None:
        check(address)
        real(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        check(address)
        return real_ex(self, address)

    socket.socket.connect = connect  # type: ignore[assignment,method-assign]
    socket.socket.connect_ex = connect_ex  # type: ignore[assignment,method-assign]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
