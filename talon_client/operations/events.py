"""Operations on events."""

from __future__ import annotations

from talon_client import models
from talon_client.call import Call, Safety
from talon_client.operation import Operation, path_parameter, query_parameter
from talon_client.operations.common import DRY, SILENT, Silent

FORCE_COMPLETE_EVALUATION = query_parameter("force_complete_evaluation", "forceCompleteEvaluation", "boolean")

TRACK_EVENT_V2: Operation[models.IntegrationEventV2Response | None] = Operation(
    id="track_event_v2",
    wire_id="trackEventV2",
    tag="Events",
    method="POST",
    path="/v2/events",
    safety=Safety.KEYED,
    success=(200, 204),
    parameters=(SILENT, DRY, FORCE_COMPLETE_EVALUATION),
    request_model=lambda: models.IntegrationEventV2Request,
    response_model=lambda: models.IntegrationEventV2Response,
    dry_rule="dry",
    lock_on=(("profile", "profile_id"),),
)

TRACK_EVENT_V3: Operation[models.IntegrationEventV3Response | None] = Operation(
    id="track_event_v3",
    wire_id="trackEventV3",
    tag="Events",
    method="POST",
    path="/v3/events",
    safety=Safety.IDEMPOTENT,
    # The description declares 200 only, its text says 204 for `silent` (effects.md, Slips).
    success=(200, 204),
    parameters=(SILENT, DRY, FORCE_COMPLETE_EVALUATION),
    request_model=lambda: models.IntegrationEventV3Request,
    response_model=lambda: models.IntegrationEventV3Response,
    since="26.16",
    dry_rule="dry",
    lock_on=(("profile", "profile_id"),),
)

GET_EVENT_V3 = Operation(
    id="get_event_v3",
    wire_id="getEventV3",
    tag="Events",
    method="GET",
    path="/v3/events/{integrationId}",
    safety=Safety.READ,
    success=(200,),
    parameters=(path_parameter("integration_id", "integrationId"),),
    response_model=lambda: models.EventV3,
    since="26.16",
)

TRACK_EVENT = Operation(
    id="track_event",
    wire_id="trackEvent",
    tag="Events",
    method="POST",
    path="/v1/events",
    safety=Safety.UNSAFE,
    success=(201,),
    parameters=(DRY,),
    request_model=lambda: models.NewEvent,
    response_model=lambda: models.IntegrationState,
    legacy=True,
    dry_rule="dry",
    lock_on=(("profile", "profile_id"), ("session", "session_id")),
)

ALL = (TRACK_EVENT_V2, TRACK_EVENT_V3, GET_EVENT_V3, TRACK_EVENT)


def track_event_v2(
    *,
    body: models.IntegrationEventV2Request,
    silent: Silent | None = None,
    dry: bool | None = None,
    force_complete_evaluation: bool | None = None,
) -> Call[models.IntegrationEventV2Response | None]:
    """Tracks an event and runs the rules. The answer is `None` unless `silent="no"`.

    `POST /v2/events`, KEYED, or DRY with `dry=True`. `force_complete_evaluation` works with `dry=True` only, else
    `ValueError`. Raises `BadRequest` for an event type that the account does not define.

    >>> event = models.IntegrationEventV2Request(profile_id="maria.pending", type="newsletter")
    >>> client.track_event_v2(body=event, silent="no", dry=True)
    """
    _check(force_complete_evaluation, dry)
    return TRACK_EVENT_V2.bind(
        {"silent": silent, "dry": dry, "force_complete_evaluation": force_complete_evaluation}, body
    )


def track_event_v3(
    *,
    body: models.IntegrationEventV3Request,
    silent: Silent | None = None,
    dry: bool | None = None,
    force_complete_evaluation: bool | None = None,
) -> Call[models.IntegrationEventV3Response | None]:
    """Tracks an event under an id of your own and runs the rules. The answer is `None` unless `silent="no"`.

    `POST /v3/events`, IDEMPOTENT, or DRY with `dry=True`: the API takes an id once and answers `Conflict` after that;
    its `after_unknown` tells when the first of several attempts may have been the one. `force_complete_evaluation`
    works with `dry=True` only, else `ValueError`.

    >>> event = models.IntegrationEventV3Request(
    ...     profile_id="maria.pending", type="newsletter", integration_id="event-17"
    ... )
    >>> client.track_event_v3(body=event, silent="no")
    """
    _check(force_complete_evaluation, dry)
    return TRACK_EVENT_V3.bind(
        {"silent": silent, "dry": dry, "force_complete_evaluation": force_complete_evaluation}, body
    )


def get_event_v3(integration_id: str) -> Call[models.EventV3]:
    """A stored event, by the id under which it was tracked.

    `GET /v3/events/{integrationId}`, READ. Raises `NotFound` for an unknown one.

    >>> client.get_event_v3("event-1")
    """
    return GET_EVENT_V3.bind({"integration_id": integration_id})


def track_event(*, body: models.NewEvent, dry: bool | None = None) -> Call[models.IntegrationState]:
    """Tracks an event of the first edition. Its sunset was in 2023: use `track_event_v2` unless your deployment is
    older.

    `POST /v1/events`, UNSAFE, or DRY with `dry=True`. No edition describes it any more.

    >>> event = models.NewEvent(type="newsletter", session_id="ORD-10051", attributes={})
    >>> client.track_event(body=event, dry=True)
    """
    return TRACK_EVENT.bind({"dry": dry}, body)


def _check(force_complete_evaluation: bool | None, dry: bool | None) -> None:
    if force_complete_evaluation and not dry:
        raise ValueError("force_complete_evaluation works together with dry=True only")
