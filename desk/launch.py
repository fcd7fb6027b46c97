"""Starts the dashboard and prints its address once it really answers: what `make run` calls."""

import argparse
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0


def main(arguments: list[str] | None = None) -> int:
    """Runs until the dashboard ends or is interrupted; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m desk.launch", description=__doc__)
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--address", default="127.0.0.1")
    options = parser.parse_args(arguments)
    if _taken(options.address, options.port):
        print(f"Port {options.port} is in use. Choose another one: make run PORT={options.port + 1}")
        return 1
    server = subprocess.Popen(  # noqa: S603  our own interpreter, our own arguments
        [
            *(sys.executable, "-m", "streamlit", "run", "app.py"),
            *("--server.address", options.address, "--server.port", str(options.port)),
            *("--server.headless", "true"),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    url = f"http://{options.address}:{options.port}"
    try:
        if not _ready(url, server):
            print("Talon Desk did not start; its messages are above.")
            server.terminate()
            return server.wait() or 1
        print(f"Talon Desk is ready: {url}", flush=True)
        return server.wait()
    except KeyboardInterrupt:
        server.terminate()
        server.wait()
        return 0


def _taken(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return True
    return False


def _ready(url: str, server: "subprocess.Popen[bytes]") -> bool:
    """Waits for the script health check, which runs app.py once: until then a deep link finds no page."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/script-health-check", timeout=10) as answer:  # noqa: S310
                if answer.status == 200 and answer.read().strip() == b"ok":
                    return True
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    return False


if __name__ == "__main__":
    sys.exit(main())
