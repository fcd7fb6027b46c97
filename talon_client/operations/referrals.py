"""Operations on referrals."""

from __future__ import annotations

from talon_client import models
from talon_client.call import Call, Safety
from talon_client.operation import Operation
from talon_client.operations.common import SILENT, Silent

CREATE_REFERRAL = Operation(
    id="create_referral",
    wire_id="createReferral",
    tag="Referrals",
    method="POST",
    path="/v1/referrals",
    safety=Safety.UNSAFE,
    success=(201,),
    parameters=(),
    request_model=lambda: models.NewReferral,
    response_model=lambda: models.Referral,
)

CREATE_REFERRALS_FOR_MULTIPLE_ADVOCATES: Operation[models.Page[models.Referral] | None] = Operation(
    id="create_referrals_for_multiple_advocates",
    wire_id="createReferralsForMultipleAdvocates",
    tag="Referrals",
    method="POST",
    path="/v1/referrals_for_multiple_advocates",
    safety=Safety.UNSAFE,
    success=(201, 204),
    parameters=(SILENT,),
    request_model=lambda: models.NewReferralsForMultipleAdvocates,
    response_model=lambda: models.Page[models.Referral],
)

ALL = (CREATE_REFERRAL, CREATE_REFERRALS_FOR_MULTIPLE_ADVOCATES)


def create_referral(*, body: models.NewReferral) -> Call[models.Referral]:
    """A referral code for an advocate. The limits of the campaign are ignored (facts.md, The rest).

    `POST /v1/referrals`, UNSAFE. Raises `BadRequest` for a campaign without referrals.

    >>> wanted = models.NewReferral(campaign_id=115, advocate_profile_integration_id="maria.pending")
    >>> client.create_referral(body=wanted)
    """
    return CREATE_REFERRAL.bind({}, body)


def create_referrals_for_multiple_advocates(
    *, body: models.NewReferralsForMultipleAdvocates, silent: Silent | None = None
) -> Call[models.Page[models.Referral] | None]:
    """A referral code for each of 1 to 1000 advocates. The answer is `None` unless `silent="no"`.

    `POST /v1/referrals_for_multiple_advocates`, UNSAFE. Raises `BadRequest` for a campaign without referrals.

    >>> wanted = models.NewReferralsForMultipleAdvocates(
    ...     campaign_id=115, advocate_profile_integration_ids=["maria.pending", "tom.expired"], usage_limit=1
    ... )
    >>> client.create_referrals_for_multiple_advocates(body=wanted, silent="no")
    """
    return CREATE_REFERRALS_FOR_MULTIPLE_ADVOCATES.bind({"silent": silent}, body)
