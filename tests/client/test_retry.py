"""Decisions about repeating, as tables."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talon_client import Safety, retry

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CONCURRENCY = "Too many requests are updating this profile at the same time"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 7 ", 7.0),
        ("120", 120.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        ("Fri, 20 Nov 2026 12:00:30 +0000", 30.0),
        ("Fri, 20 Nov 2026 13:00:30 +0100", 30.0),
        ("Fri, 20 Nov 2026 12:00:30 -0000", 30.0),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("Fri, 20 Nov 99999 12:00:30 GMT", None),
        ("Fri, 20 Nov 2026 12:00:30 +99999999999999999999", None),
        ("Fri, 20 Nov 2026 12:00:30 +9900", None),
    ],
)
def test_retry_after_in_either_form(value: str | None, seconds: float | None) -> None:
    assert retry.parse_retry_after(value, NOW) == seconds


@given(st.text() | st.from_regex(r"\w{3}, \d{1,9} \w{3} \d{1,9} \d+:\d+:\d+ [+-]?\d{1,30}", fullmatch=True))
def test_retry_after_never_breaks_the_call_nor_turns_time_back(value: str) -> None:
    seconds = retry.parse_retry_after(value, NOW)
    assert seconds is None or seconds >= 0


def test_a_retry_after_beyond_all_numbers_is_for_ever() -> None:
    assert retry.parse_retry_after("9" * 400, NOW) == float("inf")


def test_full_jitter_doubles_up_to_four_seconds() -> None:
    assert [retry.backoff(attempt, 1.0) for attempt in range(1, 8)] == [0.25, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0]
    assert retry.backoff(5, 0.0) == 0.0
    assert retry.backoff(2, 0.5) == 0.25


@given(st.integers(1, 2000), st.floats(0, 1, exclude_max=True))
def test_jitter_stays_in_its_bounds(attempt: int, random: float) -> None:
    assert 0 <= retry.backoff(attempt, random) <= retry.BACKOFF_CAP


@pytest.mark.parametrize(
    ("safety", "keys_honoured", "may"),
    [
        (Safety.READ, False, True),
        (Safety.DRY, False, True),
        (Safety.IDEMPOTENT, False, True),
        (Safety.KEYED, False, False),
        (Safety.KEYED, True, True),
        (Safety.UNSAFE, True, False),
    ],
)
def test_what_may_be_repeated(safety: Safety, keys_honoured: bool, may: bool) -> None:
    assert retry.may_repeat_lost(safety, keys_honoured) is may
    for status in (408, 429, 500, 502, 503, 504):
        assert retry.may_repeat_answered(safety, status, "", keys_honoured) is may
    for status in (301, 400, 401, 403, 404, 409, 422, 501):
        assert not retry.may_repeat_answered(safety, status, "", keys_honoured)


@pytest.mark.parametrize("safety", Safety)
def test_the_concurrency_409_was_refused_before_anything_was_done(safety: Safety) -> None:
    assert retry.may_repeat_answered(safety, 409, CONCURRENCY, False) is (safety is not Safety.UNSAFE)
    assert not retry.may_repeat_answered(safety, 409, "an audience of that name exists", False)


@pytest.mark.parametrize(
    ("status", "certainty", "settles"),
    [
        (302, "refused", False),
        (400, "refused", True),
        (401, "refused", False),
        (403, "refused", False),
        (404, "refused", True),
        (408, "open", False),
        (409, "refused", True),
        (422, "refused", True),
        (429, "refused", False),
        (500, "open", False),
        (503, "open", False),
    ],
)
def test_what_a_status_proves(status: int, certainty: str, settles: bool) -> None:
    assert retry.certainty(status) == certainty
    assert retry.settles_earlier_attempts(status, "") is settles


def test_the_concurrency_409_says_nothing_about_earlier_attempts() -> None:
    assert not retry.settles_earlier_attempts(409, CONCURRENCY)
