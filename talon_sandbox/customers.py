"""`update_customer_profile_v2`: attributes and audiences, and, when asked, the rules."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from . import apply, carts, events, giveaways, profiles, state
from .attributes import check_attributes
from .contract import Answer, Request
from .rules import Evaluation, SessionView, evaluate

if TYPE_CHECKING:
    from .world import World


def update(world: "World", request: Request) -> Answer:
    """Create or update a profile; rules run, and blocks are answered, only with `runRuleEngine=true`.

    Without it `dry` is not looked at: the update is kept (design.md, talon_client, Safety).
    """
    body, name, now = request.body or {}, request.text("integration_id"), world.now()
    attributes = cast(Mapping[str, object], body.get("attributes") or {})
    check_attributes(world.catalog, "CustomerProfile", attributes, "/attributes")
    is_new = profiles.find(world.conn, name) is None
    profile = profiles.ensure(world.conn, name, now)
    profiles.save_attributes(world.conn, profile, attributes)
    changes = cast("Mapping[str, Sequence[int]]", body.get("audiencesChanges") or {})
    for audience in changes.get("adds", ()):
        profiles.join_audience(world.conn, audience, profile.id, now)
    for audience in changes.get("deletes", ()):
        profiles.leave_audience(world.conn, audience, profile.id)
    event = events.record(
        world, "talon_profile_created" if is_new else "talon_profile_updated", profile=profile.id
    )
    if not request.flag("run_rule_engine"):
        return Answer(200, {"effects": [], "createdCoupons": [], "createdReferrals": []})
    evaluation = _run_rules(world, request, profile.id, event)
    profiles.touch(world.conn, profile.id, now)
    asked = state.Asked(request, None, event, evaluation, None, profile.id)
    return Answer(200, state.answer(world, asked, [effect.to_answer() for effect in evaluation.effects]))


def update_many(world: "World", request: Request) -> Answer:
    """`update_customer_profiles_v2`: attributes only, no rules; 204 unless `silent=no`."""
    changed = []
    for index, item in enumerate(
        cast(Sequence[Mapping[str, object]], (request.body or {}).get("customerProfiles") or ())
    ):
        attributes = cast(Mapping[str, object], item.get("attributes") or {})
        check_attributes(
            world.catalog, "CustomerProfile", attributes, f"/customerProfiles/{index}/attributes"
        )
        profile = profiles.ensure(world.conn, str(item["integrationId"]), world.now())
        profiles.save_attributes(world.conn, profile, attributes)
        changed.append(profile.id)
    if request.query.get("silent", "yes") == "yes":
        return Answer(204)
    states = [
        {"customerProfile": profiles.to_answer(world.conn, world.catalog, profiles.by_id(world.conn, number))}
        for number in changed
    ]
    return Answer(200, {"integrationStates": states})


def _run_rules(world: "World", request: Request, number: int, event: int) -> Evaluation:
    profile = profiles.by_id(world.conn, number)
    named = cast("Sequence[int] | None", (request.body or {}).get("evaluableCampaignIds"))
    view = SessionView(
        nonce=("event", event),
        profile=carts.view_profile(world, profile),
        evaluable=None if named is None else frozenset(named),
        dry=request.flag("dry"),
        exists=False,
    )
    evaluation = giveaways.settle(world, evaluate(world, view, None, world.now()), profile)
    apply.apply(world, None, 0, profile, evaluation.effects, None)
    return evaluation
