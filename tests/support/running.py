"""A desk as an agent meets it: its own process, over HTTP against a sandbox that the test controls."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tests.support.surroundings import ROOT

PATIENCE = 60.0
started: list["RunningDesk"] = []
"""Every desk that this process has started, running or not: what they left behind is searched."""


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def secrets(folder: Path, base_url: str, api_key: str, *, live: bool = False, keys: bool = True) -> Path:
    """A secrets file with one Application, `shop`, with the programs of the sandbox's own campaigns."""
    path = folder / "secrets.toml"
    path.write_text(
        f"""
[connections.shop]
base_url = "{base_url}"
api_key = "{api_key}"
label = "Test shop"
live = {str(live).lower()}
currency = "EUR"
locale = "en-GB"
time_zone = "Europe/Berlin"
idempotency_keys = {str(keys).lower()}
find = {{ session = ["{{}}", "ORD-{{}}"] }}

[[connections.shop.programs]]
id = 1
name = "Points club"
kind = "profile"

[[connections.shop.programs]]
id = 2
name = "Family card"
kind = "card"
"""
    )
    return path


class RunningDesk:
    """The dashboard in a process of its own. `log` is what it printed. `starter`: the module that runs it."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str] | None = None,
        *,
        warm: bool = True,
        port: int = 0,
        starter: str = "streamlit",
    ) -> None:
        self.url = f"http://127.0.0.1:{port or free_port()}"
        self.state = folder / "state"
        self.log = folder / "desk.log"
        started.append(self)
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("TALON_", "DESK_"))
        }
        environment |= {"XDG_STATE_HOME": str(folder / "state"), "PYTHONUNBUFFERED": "1", **(settings or {})}
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", starter, "run", "app.py"),
                    *("--server.port", self.url.rsplit(":", 1)[1]),
                    *("--server.headless", "true"),
                ],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._await("script-health-check" if warm else "health")

    def _await(self, check: str) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise RuntimeError(f"the desk ended while starting:\n{self.log.read_text()}")
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/{check}", timeout=10) as answer:
                    if answer.read().strip() == b"ok":
                        return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.05)
        raise RuntimeError(f"the desk did not get ready:\n{self.log.read_text()}")

    def close(self) -> None:
        """Ends the process that was started here."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
