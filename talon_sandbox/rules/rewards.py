"""Effects that are neither money nor points: giveaways, achievements, and what is only told."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

from ..achievements import Tracker, next_step
from ..amounts import to_decimal, to_hundredths
from ..catalog import Json
from ..clock import to_wire
from ..definitions import Achievement
from .build import build
from .draft import Context, EffectFailed
from .model import Effect, ProfileView, Wire


def _give_away(context: Context, spec: Json, index: int) -> list[Effect]:
    """A promise; the code comes when the session closes. `on_completion`: only when that achievement is reached now."""
    profile = context.view.profile
    if profile is None:
        raise EffectFailed("the session has no customer profile")
    if "on_completion" in spec and spec["on_completion"] not in context.draft.completed:
        return []
    pool = context.world.catalog.giveaways[cast(int, spec["pool"])]
    props: Wire = {
        "poolId": pool.id,
        "poolName": pool.name,
        "recipientIntegrationId": profile.integration_id,
    }
    return [build(context, "willAwardGiveaway", props)]


def _progress(context: Context, spec: Json, index: int) -> list[Effect]:
    profile = context.view.profile
    if profile is None:
        raise EffectFailed("the session has no customer profile")
    achievement = context.world.catalog.achievements[cast(int, spec["achievement"])]
    tracker = _period(context, achievement, profile)
    if tracker is None:
        return []
    delta = to_hundredths(spec.get("by", 1))
    value = tracker.value + delta
    just = tracker.completed is None and value >= achievement.target
    context.draft.steps.append((achievement.id, delta))
    if just:
        context.draft.completed.add(achievement.id)
    props: Wire = {
        "achievementId": achievement.id,
        "achievementName": achievement.name,
        "progressTrackerId": tracker.id,
        "delta": to_decimal(delta),
        "value": to_decimal(value),
        "target": to_decimal(achievement.target),
        "isJustCompleted": just,
    }
    return [replace(build(context, "increaseAchievementProgress", props), value=delta)]


def _period(context: Context, achievement: Achievement, profile: ProfileView) -> Tracker | None:
    return next_step(context.world, achievement, profile.id, context.now, context.draft.steps)


def _start(context: Context, spec: Json, index: int) -> list[Effect]:
    """Tells that a period begins; nothing where one is under way."""
    profile = context.view.profile
    if profile is None:
        raise EffectFailed("the session has no customer profile")
    achievement = context.world.catalog.achievements[cast(int, spec["achievement"])]
    tracker = _period(context, achievement, profile)
    if tracker is None or tracker.value:
        return []
    props: Wire = {
        "achievementId": achievement.id,
        "achievementName": achievement.name,
        "progressTrackerId": tracker.id,
        "target": to_decimal(achievement.target),
        "startDate": to_wire(tracker.starts),
    }
    if tracker.ends is not None:
        props["endDate"] = to_wire(tracker.ends)
    return [build(context, "startAchievementProgress", props)]


def _webhook(context: Context, spec: Json, index: int) -> list[Effect]:
    return [build(context, "triggerWebhook", {"webhookId": spec["id"], "webhookName": spec["name"]})]


def _error(context: Context, spec: Json, index: int) -> list[Effect]:
    return [build(context, "error", {"message": spec["message"]})]


REWARDS: Mapping[str, Callable[[Context, Json, int], list[Effect]]] = {
    "give_away": _give_away,
    "progress": _progress,
    "start_progress": _start,
    "webhook": _webhook,
    "error": _error,
}
