"""Sign-ins: until when, who it is, and that the server keeps to it at the send, whatever was drawn before."""

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from desk.guard import Actor, Guard, NotConfirmable, Outcome, Role, SignInEnded, Target
from desk.guard.audit_rows import Filter
from desk.policy import Policy
from talon_client import NotAllowed
from tests.guard.conftest import ON_SQLITE, Bench, Clock
from tests.guard.shop import Shop
from tests.guard.test_write_path import RETURN

CLAIMS: dict[str, object] = {
    "iss": "https://id.example",
    "sub": "7",
    "email": "agnes@shop.example",
    "roles": ["agent"],
}
MARIA = Target("profile", "maria")
EASY = Policy(reason_required=(), idle_minutes=30, sign_in_hours=10)


@pytest.fixture
def signed(bench: Bench) -> Guard:
    """A desk where everybody has to sign in."""
    bench.policy, bench.required = EASY, True
    return bench.guard()


def why(guard: Guard, **claims: object) -> str:
    """Why somebody is not let in; empty where they are."""
    try:
        guard.sign_ins.enter({**CLAIMS, **claims})
    except SignInEnded as ended:
        return ended.why
    return ""


def told(guard: Guard) -> list[tuple[str, str, str, str]]:
    """What the trail says of sign-ins, oldest first."""
    return [(row.operation, row.outcome, row.actor, row.role) for row in guard.audit.rows()][::-1]


def test_a_sign_in_is_one_person_with_one_role_and_stands_in_the_trail_once(signed: Guard) -> None:
    actor = signed.sign_ins.enter(CLAIMS)
    assert (actor.name, actor.role, actor.signed_in) == ("agnes@shop.example", Role.AGENT, True)
    assert signed.sign_ins.enter(CLAIMS) == actor
    assert signed.sign_ins.refusal(actor) is None
    assert told(signed) == [("sign_in", "done", "agnes@shop.example", "agent")]


@pytest.mark.parametrize(("seconds", "ends"), [(30 * 60, ""), (30 * 60 + 1, "idle")])
def test_the_idle_limit_to_the_second(signed: Guard, clock: Clock, seconds: int, ends: str) -> None:
    actor = signed.sign_ins.enter(CLAIMS)
    clock.advance(seconds=seconds)
    assert bool(signed.sign_ins.refusal(actor)) is bool(ends)
    assert why(signed) == ends
    if ends:
        assert told(signed)[-1] == ("sign_out", "idle", "agnes@shop.example", "agent")
        clock.advance(seconds=-seconds)
        assert why(signed) == "idle", "what has ended does not begin again"


@pytest.mark.parametrize(("seconds", "ends"), [(0, ""), (1, "over")])
def test_the_absolute_limit_to_the_second_however_busy(
    signed: Guard, clock: Clock, seconds: int, ends: str
) -> None:
    actor = signed.sign_ins.enter(CLAIMS)
    for _ in range(39):
        clock.advance(minutes=15)
        assert why(signed) == ""
    clock.advance(minutes=15, seconds=seconds)
    assert bool(signed.sign_ins.refusal(actor)) is bool(ends)
    assert why(signed) == ends


@ON_SQLITE
def test_it_begins_when_the_token_was_issued_and_never_in_the_future(signed: Guard, clock: Clock) -> None:
    issued = clock().timestamp()
    assert why(signed, iat=issued - 10 * 3600 - 1) == "over"
    assert why(signed, iat=issued - 9 * 3600) == ""
    assert why(signed, iat=issued + 3600) == ""
    clock.advance(seconds=60)
    for odd in ("soon", True, -1, 1e12, None):
        assert why(signed, iat=odd, sid=str(odd)) == ""


@ON_SQLITE
def test_activity_is_written_down_every_half_minute_only(signed: Guard, clock: Clock, bench: Bench) -> None:
    """A page that looks every two seconds costs no write each time, and no more than 30 s of the limit."""
    signed.sign_ins.enter(CLAIMS)
    for seconds, noted in ((29, False), (1, True)):
        before = clock()
        clock.advance(seconds=seconds)
        signed.sign_ins.enter(CLAIMS)
        with bench.database.read() as connection:
            seen = str(connection.exec_driver_sql("select seen from sign_in").scalar_one())
        assert (seen[:19] == f"{clock():%Y-%m-%d %H:%M:%S}") is noted, (seen, before)


def test_signing_out_ends_it_for_whoever_holds_the_cookie(signed: Guard) -> None:
    actor = signed.sign_ins.enter(CLAIMS)
    signed.sign_ins.end(actor)
    signed.sign_ins.end(actor)
    assert why(signed) == "signed_out"
    assert signed.sign_ins.refusal(actor) == "You have signed out."
    assert [row[:2] for row in told(signed)] == [("sign_in", "done"), ("sign_out", "done")]
    assert why(signed, iat=5) == "over", "another token of the same person is another sign-in"
    assert why(signed, nonce="another") == ""


def test_without_a_role_nobody_comes_in_and_that_is_written_down_once(signed: Guard) -> None:
    for _ in range(2):
        assert why(signed, roles=["warehouse"]) == "no_role"
    assert told(signed) == [
        ("sign_in", "done", "agnes@shop.example", "none"),
        ("sign_in", "not_allowed", "agnes@shop.example", "none"),
    ]


@ON_SQLITE
def test_somebody_whose_role_was_changed_is_that_from_the_next_page_on(bench: Bench, signed: Guard) -> None:
    before = signed.sign_ins.enter(CLAIMS)
    bench.policy = EASY.model_copy(update={"people": {"agnes@shop.example": Role.VIEWER}})
    restarted = bench.guard()
    after = restarted.sign_ins.enter(CLAIMS)
    assert (after.role, after.sign_in) == (Role.VIEWER, before.sign_in)
    assert restarted.sign_ins.refusal(after) is None
    assert restarted.sign_ins.refusal(before) == "Sign in first.", "a page that was drawn for the old role"


@ON_SQLITE
def test_only_who_signed_in_may_act_under_it(signed: Guard) -> None:
    actor = signed.sign_ins.enter(CLAIMS)
    for forged in (
        replace(actor, role=Role.SUPERVISOR),
        replace(actor, name="sven@shop.example"),
        replace(actor, sign_in="made up"),
        replace(actor, sign_in=""),
        Actor("desk", Role.VIEWER),
    ):
        assert signed.sign_ins.refusal(forged) == "Sign in first."


@pytest.mark.parametrize(
    ("by", "text"),
    [
        ({"minutes": 31}, "You were away for more than 30 minutes, so you were signed out."),
        ({"hours": 11}, "A sign-in lasts 10 hours at most, and this one is over."),
        ({}, "You have signed out."),
    ],
)
def test_what_was_drawn_before_the_end_sends_nothing_and_opens_nothing(
    bench: Bench, signed: Guard, by: dict[str, float], text: str
) -> None:
    actor = signed.sign_ins.enter(CLAIMS)
    preview = bench.previewed(signed, RETURN, actor)
    trail = signed.trail(actor)
    requests = len(bench.shop.requests)
    if by:
        bench.clock.advance(**by)
    else:
        signed.sign_ins.end(actor)
    acts: list[Callable[[], object]] = [
        lambda: signed.confirm(preview.plan_id, actor, digest=preview.digest),
        lambda: signed.plan("shop", actor, RETURN),
        lambda: signed.preview(preview.plan_id, actor),
        lambda: signed.renew(preview.plan_id, actor),
        lambda: signed.reveal("shop", actor, MARIA, "Email"),
        lambda: signed.exported("shop", actor, "ledger", 3, MARIA),
        lambda: signed.erase("shop", actor, MARIA),
        lambda: signed.trail(actor),
        lambda: trail.export("shop", Filter()),
    ]
    for number, act in enumerate(acts, 1):
        with pytest.raises(NotAllowed) as caught:
            act()
        assert text in str(caught.value)
        assert len(signed.audit.rows(outcome="not_allowed")) == number
    assert len(bench.shop.requests) == requests
    assert signed.recent("shop") == []


def test_an_end_between_the_last_look_and_the_send_stops_the_send(bench: Bench, signed: Guard) -> None:
    actor = signed.sign_ins.enter(CLAIMS)
    preview = bench.previewed(signed, RETURN, actor)

    def leaving(shop: Shop, request: httpx.Request, act: object) -> httpx.Response:
        signed.sign_ins.end(actor)
        response: httpx.Response = act()  # type: ignore[operator]
        return response

    bench.shop.faults["get_session"] = [leaving]
    receipt = signed.confirm(preview.plan_id, actor, digest=preview.digest)
    assert (receipt.outcome, receipt.words) == (Outcome.FAILED, "failed.not_allowed")
    assert bench.shop.sent("return") == 0
    assert [row.operation for row in signed.audit.rows(outcome="not_allowed")] == ["return_cart_items"]


@ON_SQLITE
def test_a_desk_without_sign_in_asks_for_none(bench: Bench) -> None:
    guard = bench.guard()
    assert guard.sign_ins.refusal(Actor("nobody signed in", Role.AGENT)) is None
    with pytest.raises(NotConfirmable):
        guard.confirm(
            guard.plan("shop", Actor("nobody signed in", Role.AGENT), RETURN).id,
            Actor("x", Role.AGENT),
            digest="",
        )


@ON_SQLITE
@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"email": "a@b.c", "preferred_username": "a", "name": "Agnes", "sub": "7"}, "a@b.c"),
        ({"preferred_username": "a", "name": "Agnes", "sub": "7"}, "a"),
        ({"name": "Agnes", "sub": "7"}, "Agnes"),
        ({"sub": "7"}, "7"),
        ({"nonce": "x"}, "somebody without a name"),
    ],
)
def test_what_the_trail_calls_somebody(signed: Guard, claims: dict[str, object], name: str) -> None:
    assert signed.sign_ins.enter({**claims, "roles": "agent"}).name == name


@ON_SQLITE
def test_two_people_are_two_sign_ins(signed: Guard) -> None:
    first, second = (signed.sign_ins.enter({**CLAIMS, "sub": each}) for each in ("7", "8"))
    signed.sign_ins.end(first)
    assert signed.sign_ins.refusal(second) is None
    assert why(signed, sub="8") == ""
