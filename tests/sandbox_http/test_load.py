"""A long load on the command with its world in a file: memory stays flat."""

import os
from pathlib import Path

import pytest

from bench.sandbox import close_sessions, start

MINUTES = float(os.environ.get("DESK_TEST_LOAD_MINUTES", "10"))
GROWTH = 32.0  # MB: the pages that SQLite keeps, the request log and what the allocator holds on to


def resident(process: int) -> float:
    """Resident memory in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@pytest.mark.soak
def test_memory_stays_flat(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    process, url, key = start("--db", str(tmp_path / "world.db"))
    try:
        settled = len(close_sessions(url, key, 30.0))
        early = resident(process.pid)
        sessions = len(close_sessions(url, key, MINUTES * 60))
        late = resident(process.pid)
    finally:
        process.terminate()
        process.communicate()
    with capsys.disabled():
        print(f"\n{settled} + {sessions} closed sessions: {early:.0f} MB, then {late:.0f} MB")
    assert late - early < GROWTH
