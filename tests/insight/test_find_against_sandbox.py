"""Find on the demo world: every persona by its id, and an API that does not answer."""

import pytest

from desk.applications import FindTemplates
from desk.insight.find import Found, Kind, find
from desk.insight.points import points
from desk.insight.returning import ReturnItem, preview_return
from desk.insight.sessions import How, session
from talon_client import TalonClient
from talon_sandbox import Sandbox
from tests.insight.conftest import client_of
from tests.insight.help import NOW, ask

TEMPLATES = FindTemplates(session=("{}", "ORD-{}"))


def look(demo: Sandbox, shop: TalonClient, text: str) -> Found:
    cards = [program.id for program in demo.programs() if program.card_based]
    return ask(shop, find(text, ["shop"], cards, TEMPLATES))


def test_every_persona_is_found_as_what_it_is(demo: Sandbox, shop: TalonClient) -> None:
    scenarios = demo.scenarios()
    for scenario in scenarios:
        found = look(demo, shop, scenario["id"])
        kinds = [match.kind.value for match in found.matches if match.id == scenario["id"]]
        # A persona may be about something that is not there: then every look-up says so.
        assert scenario["kind"] in kinds or found.nowhere, (scenario["id"], found.tried)
    assert {scenario["kind"] for scenario in scenarios} == {kind.value for kind in Kind}


def test_an_order_by_its_number_on_paper(demo: Sandbox, shop: TalonClient) -> None:
    order = demo.change(
        lambda world: world.conn.execute(
            "select integration_id from session where integration_id like 'ORD-%' and profile_id is not null"
        ).fetchone()[0]
    )
    found = look(demo, shop, f" #{order.removeprefix('ORD-')} ")
    assert found.one is not None
    assert (found.one.kind, found.one.id) == (Kind.SESSION, order)
    assert found.one.profile_id


def test_other_case(demo: Sandbox, shop: TalonClient) -> None:
    order = demo.change(
        lambda world: world.conn.execute(
            "select integration_id from session where integration_id like 'ORD-%'"
        ).fetchone()[0]
    )
    found = look(demo, shop, order.lower())
    assert found.one is not None
    assert found.one.id == order


@pytest.mark.parametrize("fault", ["429", "401", "403", "503", "html", "reset"])
def test_an_api_that_does_not_answer_is_not_an_unknown_id(
    demo: Sandbox, shop: TalonClient, fault: str
) -> None:
    demo.faults("*", [fault] * 20)
    try:
        found = look(demo, shop, "anybody")
    finally:
        demo.reset()
    assert not found.nowhere
    assert found.not_looked
    assert found.matches == ()


def test_the_older_edition() -> None:
    with Sandbox(now=NOW, socket=False, edition="25.15", customers=10) as old, client_of(old) as client:
        profiles = [each["id"] for each in old.scenarios() if each["kind"] == "profile"]
        explained = 0
        for holder in profiles:
            found = ask(client, points(1, holder, now=NOW))
            for ledger in found.ledgers:
                if ledger.reconciliation is not None:
                    assert ledger.reconciliation.explained, holder
                    explained += 1
        assert explained > len(profiles) / 2
        ids = old.change(
            lambda world: [row[0] for row in world.conn.execute("select integration_id from session")]
        )
        orders = [ask(client, session(each)) for each in ids]
        order = next(each for each in orders if each.move(How.RETURN).allowed and each.points)
        line = next(line for line in order.lines if line.remaining)
        preview = ask(client, preview_return(order, [ReturnItem(line.position, 1)], now=NOW))
        assert preview.error is None
        assert all(each.after is not None and not each.exact for each in preview.points)
