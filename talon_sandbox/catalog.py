"""What Campaign Manager would hold: programs, tiers, campaigns, attributes; read from one data file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Literal, Protocol, TypeVar, cast
from zoneinfo import ZoneInfo

from .amounts import to_hundredths
from .definitions import Achievement, GiveawayPool, ItemCatalog
from .durations import add_duration, is_duration
from .encoding import load_json
from .fields import (
    CatalogError,
    Json,
    attributes_of,
    id_of,
    instant,
    limits_of,
    name_of,
    number,
    objects,
    texts,
)

__all__ = ["Catalog", "CatalogError", "Json", "number"]

ReturnPolicy = Literal["only_pending", "within_balance", "unlimited"]


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier of a program; `floor` is its `minPoints` in hundredths."""

    id: int
    name: str
    floor: int


@dataclass(frozen=True, slots=True)
class Program:
    """A loyalty program. `tier_validity` empty: tiers follow the active points at once, both ways."""

    id: int
    name: str
    title: str
    card_based: bool
    zone: ZoneInfo
    return_policy: ReturnPolicy
    subledgers: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = ()
    tier_validity: str = ""
    downgrade_policy: Literal["one_down", "balance_based"] = "balance_based"
    users_per_card: int = 0
    card_prefix: str = ""

    @property
    def rollback_policy(self) -> ReturnPolicy:
        """How points are taken back: a card never goes below zero (facts.md, Loyalty ledger)."""
        return (
            "within_balance" if self.card_based and self.return_policy == "unlimited" else self.return_policy
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: all of `conditions` hold, then `effects`, else `otherwise` (failure effects)."""

    name: str
    conditions: tuple[Json, ...]
    effects: tuple[Json, ...]
    otherwise: tuple[Json, ...] = ()
    # Whether it is tried with each coupon code of its campaign, and with the session's referral code.
    checks_coupons: bool = field(init=False)
    checks_referral: bool = field(init=False)

    def __post_init__(self) -> None:
        """Look once: every evaluation asks."""
        words = {condition.get("if") for condition in self.conditions}
        object.__setattr__(self, "checks_coupons", "coupon" in words)
        object.__setattr__(self, "checks_referral", "referral" in words)


@dataclass(frozen=True, slots=True)
class Group:
    """An evaluation group: `stackable` asks all its campaigns, `listOrder` the first that gives something,
    `highestDiscount` the one that gives the most.
    """

    id: int
    mode: Literal["stackable", "listOrder", "highestDiscount"]


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign with its rules, its window and its budgets (`limits`, as the API shows them)."""

    id: int
    ruleset_id: int
    name: str
    description: str
    created: int
    state: Literal["enabled", "disabled", "archived"]
    starts: int | None
    ends: int | None
    tags: tuple[str, ...]
    features: tuple[str, ...]
    reevaluate_on_return: bool
    partial_rewards: bool
    limits: tuple[Json, ...]
    rules: tuple[Rule, ...]
    group: Group | None = None

    def runs_at(self, now: int) -> bool:
        """Whether it is enabled and inside its dates."""
        return self.state == "enabled" and not self.is_scheduled(now) and not self.has_ended(now)

    def is_scheduled(self, now: int) -> bool:
        """Whether it starts only later."""
        return self.starts is not None and now < self.starts

    def has_ended(self, now: int) -> bool:
        """Whether its end has passed."""
        return self.ends is not None and now >= self.ends

    @property
    def checks_coupons(self) -> bool:
        """Whether any of its rules looks at coupon codes."""
        return any(rule.checks_coupons for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything of the file; `attributes` by entity: name to type (string, number, boolean, time, list)."""

    application_id: int
    account_id: int
    programs: Mapping[int, Program]
    campaigns: Mapping[int, Campaign]
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    additional_costs: Mapping[str, int] = field(default_factory=dict)
    audiences: Mapping[int, str] = field(default_factory=dict)
    events: frozenset[str] = frozenset()
    achievements: Mapping[int, Achievement] = field(default_factory=dict)
    giveaways: Mapping[int, GiveawayPool] = field(default_factory=dict)
    catalogs: Mapping[int, ItemCatalog] = field(default_factory=dict)


def load_catalog(path: str | Path | None = None, *, now: int) -> Catalog:
    """Read the file at `path`, or the one that comes with the sandbox; CatalogError names what is wrong.

    `now` is what that word means in the file's dates (`now+14D`), in microseconds UTC.
    """
    source = files(__package__).joinpath("campaigns.json") if path is None else Path(path)
    try:
        data = load_json(source.read_bytes())
        if not isinstance(data, dict):
            raise CatalogError("the file must hold one object")
        return _read(data, now)
    except OSError as error:
        raise CatalogError(f"the campaigns file cannot be read: {error.strerror}") from None
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        if isinstance(error, CatalogError):
            raise
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise CatalogError(f"the campaigns file is wrong: {what}") from None


def _read(data: Json, now: int) -> Catalog:
    programs = [_program(item) for item in objects(data, "programs")]
    campaigns = [
        _campaign(item, index, now) for index, item in enumerate(objects(data, "campaigns"), start=1)
    ]
    modes = {(c.group.id, c.group.mode) for c in campaigns if c.group is not None}
    if len({number for number, _ in modes}) != len(modes):
        raise CatalogError("campaigns of one evaluation group must name the same mode")
    audiences = [(id_of(item), name_of(item)) for item in objects(data, "audiences")]
    for kind, ids in (
        ("program id", [p.id for p in programs]),
        ("campaign id", [c.id for c in campaigns]),
        ("audience id", [each for each, _ in audiences]),
        ("audience name", [name for _, name in audiences]),
    ):
        if len(set[object](ids)) != len(ids):
            raise CatalogError(f"two entries share one {kind}")
    return Catalog(
        application_id=cast(int, data.get("applicationId", 1)),
        account_id=cast(int, data.get("accountId", 1)),
        programs={program.id: program for program in programs},
        campaigns={campaign.id: campaign for campaign in sorted(campaigns, key=lambda c: c.id)},
        attributes=attributes_of(data),
        additional_costs={
            name: number for number, name in enumerate(texts(data, "additionalCosts"), start=1)
        },
        audiences=dict(audiences),
        events=frozenset(texts(data, "events")),
        achievements=_by_id(_achievement(item, now) for item in objects(data, "achievements")),
        giveaways=_by_id(_pool(item) for item in objects(data, "giveawayPools")),
        catalogs=_by_id(_item_catalog(item, now) for item in objects(data, "catalogs")),
    )


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


N = TypeVar("N", bound=_Numbered)


def _by_id(found: Iterable[N]) -> dict[int, N]:
    return {each.id: each for each in found}


def _program(item: Json) -> Program:
    validity = cast(str, item.get("tierValidity", ""))
    zone = ZoneInfo(cast(str, item.get("timeZone", "UTC")))
    if validity and add_duration(0, validity, zone) <= 0:
        raise CatalogError("tierValidity must be longer than nothing")
    policy, downgrade = item["returnPolicy"], item.get("downgradePolicy", "balance_based")
    if policy not in ("only_pending", "within_balance", "unlimited"):
        raise CatalogError(f"{policy!r} is not a return policy")
    if downgrade not in ("one_down", "balance_based"):
        raise CatalogError(f"{downgrade!r} is not a downgrade policy")
    tiers = [
        Tier(id_of(tier), name_of(tier), to_hundredths(tier["minPoints"])) for tier in objects(item, "tiers")
    ]
    return Program(
        id=id_of(item),
        name=name_of(item),
        title=cast(str, item["title"]),
        card_based=item.get("cardBased") is True,
        zone=zone,
        return_policy=policy,
        subledgers=texts(item, "subledgers"),
        tiers=tuple(sorted(tiers, key=lambda tier: tier.floor)),
        tier_validity=validity,
        downgrade_policy=downgrade,
        users_per_card=id_of(item, "usersPerCardLimit") if "usersPerCardLimit" in item else 0,
        card_prefix=cast(str, item.get("cardPrefix", "")),
    )


def _campaign(item: Json, index: int, now: int) -> Campaign:
    campaign_id = id_of(item) if "id" in item else index
    state = item.get("state", "enabled")
    if state not in ("enabled", "disabled", "archived"):
        raise CatalogError(f"{state!r} is not a campaign state")
    starts, ends = instant(item, "startTime", now), instant(item, "endTime", now)
    if starts is not None and ends is not None and ends <= starts:
        raise CatalogError(f"campaign {item['name']!r}: endTime must be later than startTime")
    return Campaign(
        id=campaign_id,
        ruleset_id=cast(int, item.get("rulesetId", 1000 + campaign_id)),
        name=name_of(item),
        description=cast(str, item.get("description", "")),
        created=instant(item, "created", now) or 0,
        state=state,
        starts=starts,
        ends=ends,
        tags=texts(item, "tags"),
        features=texts(item, "features"),
        reevaluate_on_return=item.get("reevaluateOnReturn") is True,
        partial_rewards=item.get("partialRewards") is True,
        limits=limits_of(item),
        rules=tuple(_rule(rule) for rule in objects(item, "rules")),
        group=None if item.get("group") is None else _group(item),
    )


def _achievement(item: Json, now: int) -> Achievement:
    recurrence, activation = item.get("recurrence", "no_recurrence"), item.get("activation", "user_action")
    if recurrence not in ("no_recurrence", "on_expiration", "on_completion"):
        raise CatalogError(f"{recurrence!r} is not a recurrence policy")
    if activation not in ("user_action", "fixed_schedule"):
        raise CatalogError(f"{activation!r} is not an activation policy")
    period = cast(str, item.get("period", ""))
    if period and not is_duration(period):
        raise CatalogError(f"achievement {item['name']!r}: period must be a duration such as 1M")
    return Achievement(
        id=id_of(item),
        campaign_id=id_of(item, "campaignId"),
        name=name_of(item),
        title=cast(str, item["title"]),
        description=cast(str, item.get("description", "")),
        target=to_hundredths(item["target"]),
        created=instant(item, "created", now) or 0,
        recurrence=recurrence,
        activation=activation,
        period=period,
        starts=instant(item, "startTime", now),
        ends=instant(item, "endTime", now),
        allow_rollback=item.get("allowRollbackAfterCompletion") is True,
    )


def _pool(item: Json) -> GiveawayPool:
    return GiveawayPool(id_of(item), name_of(item), id_of(item, "size"))


def _item_catalog(item: Json, now: int) -> ItemCatalog:
    created = instant(item, "created", now) or 0
    return ItemCatalog(id_of(item), name_of(item), cast(str, item.get("description", "")), created)


def _group(item: Json) -> Group:
    group = item["group"]
    if not isinstance(group, dict) or not isinstance(group.get("id"), int):
        raise CatalogError(f"campaign {item['name']!r}: group must have an id and a mode")
    mode = group.get("mode", "stackable")
    if mode not in ("stackable", "listOrder", "highestDiscount"):
        raise CatalogError(f"campaign {item['name']!r}: {mode!r} is not a mode of an evaluation group")
    return Group(group["id"], mode)


def _rule(item: Json) -> Rule:
    return Rule(
        name=name_of(item),
        conditions=tuple(objects(item, "when")),
        effects=tuple(objects(item, "then")),
        otherwise=tuple(objects(item, "otherwise")),
    )
