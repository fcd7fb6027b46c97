"""A process that ends or sleeps while it sends, and another that finds its record: nothing is lost, nothing happens
twice."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from sqlalchemy import Connection

from desk.guard import Database, Guard, Outcome, Verification
from tests.guard.conftest import AGENT, Bench, Clock
from tests.guard.shop import Shop
from tests.guard.test_write_path import BY, EVERY, RETURN


class Killed(BaseException):
    """The process ends here; nothing of it runs any more."""


class Fate:
    """Kills at the n-th step; a step is a moment before or after a request or a transaction."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed


class MortalDatabase(Database):
    """A database whose process can be killed around every transaction."""

    fate: Fate

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.fate.step()
        with super().write() as connection:
            yield connection
        self.fate.step()


class MortalShop(Shop):
    """A shop whose caller can be killed before it sends and before it hears the answer."""

    fate: Fate

    def http(self) -> httpx.Client:
        fate = self.fate

        def handle(request: httpx.Request) -> httpx.Response:
            fate.step()
            response = self._handle(request)
            fate.step()
            return response

        return httpx.Client(transport=httpx.MockTransport(handle))


@pytest.mark.parametrize(
    ("database_url", "kind"),
    [
        ("sqlite", "return"),
        pytest.param("postgres", "release", marks=pytest.mark.postgres),
        *(pytest.param("sqlite", kind, marks=pytest.mark.soak) for kind in EVERY),
    ],
    indirect=["database_url"],
)
def test_killed_at_every_step_and_started_again(
    bench: Bench, clock: Clock, database_url: str, kind: str
) -> None:
    """Nothing is lost, nothing happens twice, and every open record gets the outcome that is true."""
    step, finished = 0, False
    while not finished:
        shop = MortalShop()
        shop.holders["WINTER"] = ["ben"]
        shop.fate = Fate(1_000_000)
        healthy = Bench(shop, clock, bench.database, bench.application, bench.timing)
        first = healthy.guard()
        actor = BY.get(kind, AGENT)
        preview = healthy.previewed(first, EVERY[kind], actor)

        shop.fate = Fate(step)
        mortal = MortalDatabase(database_url)
        mortal.fate = shop.fate
        doomed = Bench(shop, clock, mortal, bench.application, bench.timing)
        try:
            doomed.guard().confirm(preview.plan_id, actor, digest=preview.digest)
            finished = True
        except Killed:
            pass
        mortal.close()

        shop.fate = Fate(1_000_000)
        clock.advance(seconds=61)
        restarted = healthy.guard()
        restarted.sweep()
        for open_one in restarted.open("shop"):
            restarted.resolve(open_one.id)
        assert restarted.open("shop") == []
        assert shop.effects[kind] <= 1, step
        if first_outcome(restarted, preview.plan_id) is not None:
            outcome = restarted.receipt(preview.plan_id).outcome
            assert (outcome is Outcome.DONE) is (shop.effects[kind] == 1), (step, outcome)
        else:
            assert shop.effects[kind] == 0, step
        for made in (*healthy.clients, *doomed.clients):
            made.close()
        step += 1
    assert step > 8
    assert restarted.audit.verify().intact


def first_outcome(guard: Guard, plan_id: str) -> Outcome | None:
    """What is recorded, if anything was."""
    found = [receipt for receipt in guard.recent("shop") if receipt.id == plan_id]
    return found[0].outcome if found else None


def test_killed_between_done_and_reading_back(bench: Bench, guard: Guard) -> None:
    """The receipt says that nobody has looked yet, and looking later finishes it."""
    preview = bench.previewed(guard, RETURN)

    def killed(shop: Shop, request: httpx.Request, act: object) -> httpx.Response:
        raise Killed

    def then_killed(shop: Shop, request: httpx.Request, act: object) -> httpx.Response:
        shop.faults["get_session"] = [killed]
        response: httpx.Response = act()  # type: ignore[operator]
        return response

    bench.shop.faults["return"] = [then_killed]
    with pytest.raises(Killed):
        guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    again = bench.guard()
    receipt = again.receipt(preview.plan_id)
    assert (receipt.outcome, receipt.verification) == (Outcome.DONE, Verification.PENDING)
    assert again.resolve(preview.plan_id).verification is Verification.AS_PREVIEWED


def test_a_sweep_takes_the_right_to_send_away(bench: Bench, guard: Guard) -> None:
    """A sender that slept before sending finds its record gone, and sends nothing."""
    preview = bench.previewed(guard, RETURN)

    def asleep(shop: Shop, request: httpx.Request, act: object) -> httpx.Response:
        bench.clock.advance(seconds=61)
        assert bench.guard().sweep() == [preview.plan_id]
        response: httpx.Response = act()  # type: ignore[operator]
        return response

    bench.shop.faults["get_session"] = [asleep]
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.outcome, receipt.words) == (Outcome.FAILED, "failed.interrupted")
    assert bench.shop.sent("return") == 0


def test_an_answer_that_comes_late_corrects_what_was_concluded(bench: Bench, guard: Guard) -> None:
    """The sender was only asleep: swept, read back as not there, and then its request went through after all."""
    preview = bench.previewed(guard, RETURN)

    def asleep(shop: Shop, request: httpx.Request, act: object) -> httpx.Response:
        bench.clock.advance(seconds=61)
        other = bench.guard()
        assert other.sweep() == [preview.plan_id]
        assert other.resolve(preview.plan_id).words == "failed.not_there"
        response: httpx.Response = act()  # type: ignore[operator]
        return response

    bench.shop.faults["return"] = [asleep]
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.outcome, receipt.words, receipt.known_by) == (Outcome.DONE, "done", "answer")


def test_a_younger_record_may_belong_to_somebody_else(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)

    def look_in(shop: Shop, request: httpx.Request, act: object) -> httpx.Response:
        assert bench.guard().sweep() == []
        assert bench.guard().resolve(preview.plan_id).outcome is Outcome.SENDING
        response: httpx.Response = act()  # type: ignore[operator]
        return response

    bench.shop.faults["return"] = [look_in]
    assert guard.confirm(preview.plan_id, AGENT, digest=preview.digest).outcome is Outcome.DONE
