"""The sandbox inside a test: with TalonClient, with and without a socket, from several threads."""

import threading
from datetime import timedelta

import httpx
import pytest

from talon_client import TalonClient, calls
from talon_client.errors import NotFound, OutcomeUnknown
from talon_client.models import CustomerProfileIntegrationRequestV2
from talon_sandbox import Sandbox

from .conftest import NOW


def test_the_client_reaches_it_without_a_socket() -> None:
    with Sandbox(world="empty", now=NOW, socket=False) as sandbox:
        http = httpx.Client(transport=sandbox.transport())
        with TalonClient(sandbox.url, sandbox.api_key, http=http) as client:
            client.update_customer_profile_v2(
                "a/b", body=CustomerProfileIntegrationRequestV2(attributes={"Name": "Anna"})
            )
            found = client.get_customer_inventory("a/b", profile=True).profile
            assert found is not None
            assert found.attributes["Name"] == "Anna"
            with pytest.raises(NotFound):
                client.get_customer_inventory("nobody")
        http.close()


def test_a_lost_answer_of_a_write_is_an_unknown_outcome_and_is_not_repeated() -> None:
    with Sandbox(world="empty", now=NOW) as sandbox, TalonClient(sandbox.url, sandbox.api_key) as client:
        sandbox.faults("update_customer_profile_v2", ["lost-ack"])
        with pytest.raises(OutcomeUnknown):
            client.update_customer_profile_v2(
                "anna", body=CustomerProfileIntegrationRequestV2(attributes={"Name": "Anna"})
            )
        assert len(sandbox.requests("update_customer_profile_v2")) == 1
        found = client.get_customer_inventory("anna", profile=True).profile
        assert found is not None
        assert found.attributes["Name"] == "Anna"


def test_many_threads_at_once_are_served_in_some_order(shared_sandbox: Sandbox) -> None:
    shared_sandbox.reset()
    with TalonClient(shared_sandbox.url, shared_sandbox.api_key) as client:
        answers = client.send_all([calls.get_customer_inventory("maria.pending", loyalty=True)] * 40)
    assert len({repr(answer) for answer in answers}) == 1
    assert len(shared_sandbox.requests()) == 40


def test_the_world_can_be_changed_from_any_thread() -> None:
    with Sandbox(world="empty", now=NOW, socket=False) as sandbox:
        threads = [
            threading.Thread(
                target=sandbox.change, args=(lambda world, n=n: world.create_card(2, f"CARD-{n}"),)
            )
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        made = sandbox.change(lambda world: world.conn.execute("select count(*) from card").fetchone()[0])
        assert made == 8


def test_the_clock_can_be_turned() -> None:
    with Sandbox(world="empty", now=NOW, socket=False) as sandbox:
        assert sandbox.now() == NOW
        sandbox.advance(timedelta(days=1))
        sandbox.freeze(NOW + timedelta(days=2))
        assert sandbox.now() == NOW + timedelta(days=2)
        with pytest.raises(ValueError, match="forward"):
            sandbox.freeze(NOW)
        sandbox.reset()
        assert sandbox.now() == NOW


def test_what_cannot_start_says_why_and_leaves_nothing_behind() -> None:
    with pytest.raises(ValueError, match="world"):
        Sandbox(world="other")
    with pytest.raises(ValueError, match="offset"):
        Sandbox(now=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="edition"):
        Sandbox(edition="1.0")


def test_closing_twice_is_once() -> None:
    sandbox = Sandbox(world="empty", now=NOW).start()
    sandbox.close()
    sandbox.close()


def test_programs_are_listed_for_whoever_embeds_it(shared_sandbox: Sandbox) -> None:
    programs = {program.id: program for program in shared_sandbox.programs()}
    assert [programs[number].card_based for number in (1, 2, 3)] == [False, True, False]
    assert {program.time_zone for program in programs.values()} == {"Europe/Berlin", "America/New_York"}
