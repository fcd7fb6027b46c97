"""Events that shops track: the three editions of the operation, and reading one again."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from . import apply, cards, carts, events, giveaways, profiles, session_rows, state
from .attributes import check_attributes
from .contract import Answer, ApiError, Request, invalid, not_found
from .rules import Evaluation, Event, SessionView, evaluate
from .rules.model import CardView

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]


def track_v2(world: "World", request: Request) -> Answer:
    """`track_event_v2`: 204 unless `silent=no`."""
    return _answer(world, request, _track(world, request, None))


def track_v3(world: "World", request: Request) -> Answer:
    """`track_event_v3`: its id is taken once, 409 after that; a connected session must be closed."""
    body = request.body or {}
    if events.find(world.conn, str(body["integrationId"])) is not None:
        raise ApiError(
            409,
            "The event exists already",
            [{"title": "Duplicate", "details": "integrationId is taken", "source": {}}],
        )
    session, connected = None, body.get("connectedSessionId")
    if connected is not None:
        session = session_rows.need(world.conn, str(connected))
        if session["state"] != "closed":
            details = f"the session is {session['state']}, not closed"
            raise invalid("Invalid state", details, pointer="/connectedSessionId")
    return _answer(world, request, _track(world, request, session))


def get_v3(world: "World", request: Request) -> Answer:
    """`get_event_v3`: an event by the id under which it was tracked."""
    row = events.find(world.conn, request.text("integration_id"))
    if row is None:
        raise not_found(f"event {request.text('integration_id')!r}")
    return Answer(200, events.to_answer(world, row["id"], edition=3))


def track_v1(world: "World", request: Request) -> Answer:
    """`track_event`: the event of an existing session (choices.py, first-events)."""
    session = session_rows.need(world.conn, str((request.body or {})["sessionId"]))
    asked = _track(world, request, session)
    body = state.answer(world, asked, [effect.to_answer() for effect in asked.evaluation.effects])
    body["session"] = state.session_block(world, session)
    if asked.profile_id is not None:
        profile = profiles.by_id(world.conn, asked.profile_id)
        body["profile"] = profiles.to_answer(world.conn, world.catalog, profile)
    body["event"] = events.to_answer(world, asked.event or 0)
    return Answer(201, body)


def _track(world: "World", request: Request, session: sqlite3.Row | None) -> state.Asked:
    body, now = request.body or {}, world.now()
    kind, attributes = str(body["type"]), cast(Mapping[str, object], body.get("attributes") or {})
    if kind not in world.catalog.events:
        raise invalid("Unknown", f"the account defines no event {kind!r}", pointer="/type")
    check_attributes(world.catalog, "Event", attributes, "/attributes")
    profile = _profile(world, body, session)
    event = events.record(
        world,
        kind,
        session=session,
        profile=None if profile is None else profile.id,
        attributes=attributes,
        integration_id=cast("str | None", body.get("integrationId")),
        store=cast("str | None", body.get("storeIntegrationId")),
    )
    evaluation = _evaluate(world, request, profile, event, Event(kind, attributes))
    if profile is not None:
        profiles.touch(world.conn, profile.id, now)
    return state.Asked(request, None, event, evaluation, None, None if profile is None else profile.id)


def _profile(
    world: "World", body: Mapping[str, object], session: sqlite3.Row | None
) -> profiles.Profile | None:
    name = body.get("profileId")
    if name:
        return profiles.ensure(world.conn, str(name), world.now())
    return None if session is None else session_rows.profile_of(world.conn, session)


def _evaluate(
    world: "World", request: Request, profile: profiles.Profile | None, event: int, tracked: Event
) -> Evaluation:
    body = request.body or {}
    named = cast("Sequence[int] | None", body.get("evaluableCampaignIds"))
    view = SessionView(
        nonce=("event", event),
        profile=None if profile is None else carts.view_profile(world, profile),
        card=_card(world, body),
        evaluable=None if named is None else frozenset(named),
        dry=request.flag("dry"),
        exists=False,
    )
    evaluation = giveaways.settle(world, evaluate(world, view, tracked, world.now()), profile)
    apply.apply(
        world, None, 0, profile, evaluation.effects, cast("str | None", body.get("storeIntegrationId"))
    )
    return evaluation


def _card(world: "World", body: Mapping[str, object]) -> CardView | None:
    for name in cast(Sequence[str], body.get("loyaltyCards") or ()):
        found = cards.by_identifier(world.conn, name)
        if found is None or found["status"] == "blocked":  # choices.py, card-in-session
            raise invalid(
                "Not found", f"there is no loyalty card {name!r} that can be used", pointer="/loyaltyCards/0"
            )
        return carts.view_card(found)
    return None


def _answer(world: "World", request: Request, asked: state.Asked) -> Answer:
    if request.query.get("force_complete_evaluation") is True and not request.flag("dry"):
        raise invalid("Invalid value", "needs dry=true", parameter="forceCompleteEvaluation")
    if request.query.get("silent", "yes") == "yes":
        return Answer(204)
    return Answer(
        200, state.answer(world, asked, [effect.to_answer() for effect in asked.evaluation.effects])
    )
