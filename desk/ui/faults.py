"""Faults of the desk itself in the log: what broke and where, never what an error's text quotes of a customer."""

import logging
import traceback
from collections.abc import Iterator

from talon_client import TalonError

_UNCAUGHT = logging.getLogger("streamlit.error_util")
"""Where Streamlit writes what broke in a fragment or in a widget's callback, which `app.py` never sees."""


def traced(error: BaseException) -> str:
    """The error and what led to it, each with its kind and the lines of code that it went through.

    An error's text often quotes what it choked on ("could not convert 'somebody@...'"), so it is left out, except
    where it is known to hold no data of customers and no secret (design.md, talon_client).
    """
    return "\nwhich led to\n".join(_one(each) for each in reversed(list(_chain(error))))


def keep_texts_out_of_the_log() -> None:
    """From now on Streamlit's log of what nobody caught is written like that too; calling it again changes nothing."""
    _UNCAUGHT.addFilter(_without_text)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    met: set[int] = set()
    while error is not None and id(error) not in met:
        met.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _one(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    text = f": {error}" if isinstance(error, TalonError) else ""
    return "".join([*traceback.format_tb(error.__traceback__), kind, text])


def _without_text(record: logging.LogRecord) -> bool:
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text, record.exc_info = traced(record.exc_info[1]), None
    return True
