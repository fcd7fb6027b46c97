"""The outcome table of design.md, row by row."""

import pytest

from desk.guard.outcome import WORDS, Outcome, judge
from desk.guard.problems import problem_of
from talon_client import errors

REFUSING = {
    400: (errors.BadRequest, "refused.bad_request"),
    401: (errors.Unauthorized, "refused.unauthorized"),
    403: (errors.Forbidden, "refused.forbidden"),
    404: (errors.NotFound, "refused.not_found"),
    409: (errors.Conflict, "refused.conflict"),
    429: (errors.RateLimited, "refused.rate_limited"),
    402: (errors.APIError, "refused.other"),
    410: (errors.APIError, "refused.other"),
    422: (errors.BadRequest, "refused.other"),
}


@pytest.mark.parametrize("value", [None, {}, object()])
def test_any_value_is_done(value: object) -> None:
    assert judge(value).words == "done"
    assert judge(value).outcome is Outcome.DONE


@pytest.mark.parametrize("status", REFUSING)
@pytest.mark.parametrize("after_unknown", [False, True])
def test_refusals(status: int, after_unknown: bool) -> None:
    kind, words = REFUSING[status]
    verdict = judge(kind("no", status=status, attempts=1, after_unknown=after_unknown))
    assert (verdict.outcome, verdict.words) == (Outcome.REFUSED, words)
    assert verdict.read_back is after_unknown


def test_404_on_the_repetition_of_a_delete_is_done() -> None:
    first = errors.NotFound("no", status=404, attempts=1)
    repeated = errors.NotFound("no", status=404, attempts=2, after_unknown=True)
    assert judge(first, idempotent_delete=True).outcome is Outcome.REFUSED
    assert judge(repeated, idempotent_delete=True).outcome is Outcome.DONE
    assert judge(repeated, idempotent_delete=False).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("error", "outcome", "words"),
    [
        (errors.DecodeError("odd", status=200), Outcome.DONE, "done.unreadable"),
        (errors.TransportError("pool", sent=False), Outcome.FAILED, "failed.not_sent"),
        (errors.NotAllowed("role"), Outcome.FAILED, "failed.not_allowed"),
        (errors.ConfigError("key"), Outcome.FAILED, "failed.configuration"),
        (errors.Timeout("slow", sent=True), Outcome.UNKNOWN, "unknown.lost"),
        (errors.DeadlineExceeded("late", sent=True), Outcome.UNKNOWN, "unknown.lost"),
        (errors.OutcomeUnknown(errors.Timeout("slow")), Outcome.UNKNOWN, "unknown.lost"),
        (
            errors.OutcomeUnknown(errors.ServerError("down", status=503)),
            Outcome.UNKNOWN,
            "unknown.server_error",
        ),
        (errors.ServerError("down", status=500), Outcome.UNKNOWN, "unknown.server_error"),
        (errors.ServerError("slow", status=408), Outcome.UNKNOWN, "unknown.server_error"),
        (RuntimeError("a bug"), Outcome.UNKNOWN, "unknown.fault"),
    ],
)
def test_everything_else(error: Exception, outcome: Outcome, words: str) -> None:
    verdict = judge(error)
    assert (verdict.outcome, verdict.words) == (outcome, words)
    assert words in WORDS
    assert problem_of(error).message


def test_only_open_outcomes_hold_the_lease() -> None:
    assert {outcome for outcome in Outcome if outcome.open} == {Outcome.SENDING, Outcome.UNKNOWN}


def test_a_problem_tells_the_apis_own_words_and_nothing_of_a_bug() -> None:
    detail = errors.ErrorDetail("Invalid", "position", (("pointer", "/return"),))
    refused = errors.BadRequest("400", status=400, message="The submitted data was invalid", errors=[detail])
    problem = problem_of(errors.OutcomeUnknown(refused))
    assert (problem.status, problem.message) == (400, "The submitted data was invalid")
    assert problem.errors == (("Invalid", "position", "pointer /return"),)
    assert "secret" not in problem_of(RuntimeError("secret")).message
