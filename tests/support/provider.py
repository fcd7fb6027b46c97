"""An OpenID Connect provider in a process of its own, and a desk that asks it who people are."""

import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.overhearing import SIGN_IN
from tests.support.running import PATIENCE, free_port

PEOPLE: Mapping[str, Mapping[str, object]] = {
    "vera": {"email": "vera@shop.example", "groups": ["look"]},
    "agnes": {"email": "agnes@shop.example", "groups": ["support"]},
    "chen": {"email": "chen@shop.example", "groups": ["marketing"]},
    "sven": {"email": "sven@shop.example", "groups": []},
    "nobody": {"email": "nobody@shop.example", "groups": ["warehouse"]},
}
"""By `sub`. Sven is in the desk's own list of people, nobody is in none."""

POLICY = """
[desk]
claim = "groups"
[desk.people]
"Sven@Shop.example" = "supervisor"
[desk.roles]
viewer = "look"
agent = ["support", "support-leads"]
checker = "marketing"
[desk.limits.agent]
points = 500
"""


class Provider:
    """Signs in whoever is typed. Nothing of it leaves this machine."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        people = [
            f"--user-claims={json.dumps({'sub': sub, 'name': sub.title(), 'email_verified': True, **claims})}"
            for sub, claims in PEOPLE.items()
        ]
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(self.port)),
                *people,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if not name.startswith("DESK_")},
        )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.url}/.well-known/openid-configuration", timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError("the provider did not get ready")

    def close(self) -> None:
        """Ends the process that was started here."""
        self._process.terminate()
        self._process.wait(10)

    def configure(self, secrets: Path, desk_url: str) -> None:
        """Adds sign-in by this provider, and who is what, to a secrets file."""
        with secrets.open("a") as file:
            file.write(
                f"""
[auth]
redirect_uri = "{desk_url}/oauth2callback"
cookie_secret = "{SIGN_IN * 2}"
client_id = "desk"
client_secret = "{SIGN_IN}"
server_metadata_url = "{self.url}/.well-known/openid-configuration"
{POLICY}"""
            )


def let_time_pass(state: Path, **by: float) -> None:
    """As if the sign-ins in a desk's database had begun, and were last active, that much earlier."""
    back = timedelta(**by)
    with sqlite3.connect(state / "talon-desk" / "desk.sqlite3", timeout=15) as database:
        for id_, begun, seen in database.execute("select id, begun, seen from sign_in").fetchall():
            values = [_earlier(begun, back), _earlier(seen, back), id_]
            database.execute("update sign_in set begun = ?, seen = ? where id = ?", values)


def _earlier(text: str, by: timedelta) -> str:
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - by).strftime("%Y-%m-%d %H:%M:%S.%f")
