"""Streamlit with a desk whose clock a test sets: `python -m tests.support.ahead run app.py` instead of `streamlit`.

The file that `AHEAD` names holds the time that the guard goes by, in RFC 3339; it stands still until it is set again.
"""

import os
from datetime import datetime
from functools import partial
from pathlib import Path

from streamlit.web import cli

import desk.guard


def told() -> datetime:
    """The time that the test says."""
    return datetime.fromisoformat(Path(os.environ["AHEAD"]).read_text())


def tell(path: Path, time: datetime) -> None:
    """Sets the clock, all at once: the desk may be reading."""
    draft = path.with_suffix(".draft")
    draft.write_text(time.isoformat())
    draft.replace(path)


if __name__ == "__main__":
    desk.guard.Guard = partial(desk.guard.Guard, clock=told)  # type: ignore[misc,assignment]
    cli.main(prog_name="streamlit")
