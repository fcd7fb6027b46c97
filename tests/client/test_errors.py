"""Errors: one line for a person, details as attributes, pickles that carry nothing private."""

import copy
import pickle

import pytest

from talon_client import errors
from talon_client.errors import APIError, ErrorDetail, TalonError
from tests.client.help import CUSTOMER

DETAIL = ErrorDetail("Unknown", f"about {CUSTOMER}", (("pointer", "/x"),))

EXAMPLES: list[TalonError] = [
    errors.ConfigError("say what to change"),
    errors.NotAllowed("your role may not", operation="get_loyalty_balances"),
    errors.TransportError("broke", sent=False, attempts=2),
    errors.Timeout("late", operation="x", status=200),
    errors.DeadlineExceeded("over"),
    errors.DecodeError("unreadable", status=201, operation="x", attempts=1),
    errors.OutcomeUnknown(errors.Timeout("late"), operation="x", attempts=3),
    *[
        kind(
            "409, conflict",
            status=409,
            operation="x",
            message=f"no {CUSTOMER}",
            errors=[DETAIL],
            retry_after=1.5,
        )
        for kind in (
            errors.APIError,
            errors.BadRequest,
            errors.Unauthorized,
            errors.Forbidden,
            errors.NotFound,
            errors.Conflict,
            errors.RateLimited,
            errors.ServerError,
        )
    ],
    errors.NotFound("404", status=404, after_unknown=True),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_errors_pickle_without_what_may_name_a_customer(error: TalonError) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is type(error)
        assert (str(again), repr(again), again.args) == (str(error), repr(error), error.args)
        kept = {
            name: value for name, value in vars(error).items() if name not in ("message", "errors", "cause")
        }
        assert {name: vars(again)[name] for name in kept} == kept
    pickled = pickle.dumps(error)
    assert CUSTOMER.encode() not in pickled
    assert CUSTOMER not in str(error) + repr(error)


def test_a_pickled_api_error_still_has_all_its_attributes() -> None:
    again = pickle.loads(pickle.dumps(EXAMPLES[-2]))
    assert isinstance(again, APIError)
    assert (again.message, again.errors, again.retry_after, again.status) == ("", (), 1.5, 409)


def test_an_unknown_outcome_pickles_with_its_cause() -> None:
    again = pickle.loads(pickle.dumps(errors.OutcomeUnknown(errors.Timeout("late", attempts=1), attempts=1)))
    assert type(again.cause) is errors.Timeout
    assert again.cause.attempts == 1


def test_notes_stay_behind() -> None:
    error = errors.Timeout("late")
    error.add_note(CUSTOMER)
    assert CUSTOMER.encode() not in pickle.dumps(error)


def test_one_family() -> None:
    family = {
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)
    }
    assert family == {type(error) for error in EXAMPLES} | {TalonError}
    for parent, children in {
        errors.TransportError: (errors.Timeout, errors.DeadlineExceeded),
        errors.APIError: tuple(errors.BY_STATUS.values()),
    }.items():
        assert all(issubclass(child, parent) for child in children)


def test_errors_are_one_line_and_begin_with_the_operation() -> None:
    assert str(errors.Timeout("late", operation="get_customer_session")) == "get_customer_session: late"
    assert repr(errors.Timeout("late")) == "Timeout('late')"
    assert errors.NotAllowed("no").reason == "no"
