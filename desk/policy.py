"""What the company decides about its desk: who is what, how long a sign-in lasts, limits, reasons, masking, retention.

The table `[desk]` of `.streamlit/secrets.toml`; everything in it has a default that is safe.
"""

import re
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from desk.applications import Frozen
from talon_client.operations import OPERATIONS


class Role(str, Enum):
    """What a person is at the desk. The order is that of precedence: the last of several counts."""

    VIEWER = "viewer"
    CHECKER = "checker"
    AGENT = "agent"
    SUPERVISOR = "supervisor"

    @property
    def named(self) -> str:
        """With its article: "an agent"."""
        return f"{'an' if self.value[0] in 'aeiou' else 'a'} {self.value}"


class ReasonCode(Frozen):
    """One entry of the list of reasons. `code` is kept and exported, `label` is what people choose."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
    label: Annotated[str, Field(min_length=1, max_length=80)]


class Limit(Frozen):
    """How far a role may go alone with one return; above it a supervisor confirms. None: no limit."""

    points: Annotated[Decimal, Field(ge=0)] | None = None
    """Points taken back, over all ledgers together."""
    value: Annotated[Decimal, Field(ge=0)] | None = None
    """Of the returned items, at the prices of the cart, in the Application's currency."""


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"is no regular expression ({error})") from error
    return value


def _folded(value: object) -> object:
    """Capitals mean nothing in e-mail addresses, and much in a provider's `sub`."""
    if not isinstance(value, dict):
        return value
    return {str(key).casefold() if "@" in str(key) else str(key): role for key, role in value.items()}


def _many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _operation(value: str) -> str:
    if value not in OPERATIONS:  # a misspelled one would demand nothing
        raise ValueError(f"“{value}” is no operation of the API; they are written like return_cart_items")
    return value


def _each_once(value: "tuple[ReasonCode, ...]") -> "tuple[ReasonCode, ...]":
    twice = [code for code, count in Counter(each.code for each in value).items() if count > 1]
    if twice:
        raise ValueError(f"give each code once ({', '.join(twice)})")
    return value


Pattern: TypeAlias = Annotated[str, AfterValidator(_pattern)]
Patterns: TypeAlias = Annotated[tuple[Pattern, ...], BeforeValidator(_many)]
Texts: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_many)]
Operations: TypeAlias = Annotated[
    tuple[Annotated[str, AfterValidator(_operation)], ...], BeforeValidator(_many)
]

REASONS = (
    ReasonCode(code="customer_request", label="The customer asked for it"),
    ReasonCode(code="goods_returned", label="Goods came back"),
    ReasonCode(code="order_mistake", label="Mistake in the order"),
    ReasonCode(code="goodwill", label="Goodwill"),
    ReasonCode(code="fraud", label="Suspected abuse"),
    ReasonCode(code="data_request", label="Request under data protection law"),
    ReasonCode(code="other", label="Something else (say what)"),
)
FREE = "other"
"""The code that says nothing without words."""

MUST_SAY_WHY = (
    "return_cart_items",
    "reopen_customer_session",
    "update_customer_session_v2",
    "delete_customer_data",
    "delete_loyalty_transactions_from_ledgers",
)


class Policy(Frozen):
    """The table `[desk]`."""

    people: Annotated[dict[str, Role], BeforeValidator(_folded)] = Field(default_factory=dict)
    """Who is what, by e-mail address or by the provider's `sub`. It comes before the claim."""
    claim: Annotated[str, Field(min_length=1)] = "roles"
    """The claim of the identity token that tells somebody's groups or roles; `realm_access.roles` for one inside
    another."""
    roles: dict[Role, Texts] = Field(default_factory=dict)
    """Which values of that claim make somebody what. Without it the claim's values are the roles' own names."""
    everyone: Role | None = None
    """What somebody is whom neither list nor claim names. None: nobody, and nothing is shown to them."""
    idle_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 30
    """Without any activity for so long a sign-in ends."""
    sign_in_hours: Annotated[int, Field(ge=1, le=24 * 7)] = 10
    """So long after signing in it ends in any case."""
    limits: dict[Role, Limit] = Field(default_factory=dict)
    reasons: Annotated[tuple[ReasonCode, ...], Field(min_length=1), AfterValidator(_each_once)] = REASONS
    reason_required: Operations = MUST_SAY_WHY
    """Operations that are not sent without a reason."""
    ticket_required: Operations = ()
    """Operations that are not sent without a ticket."""
    personal: Patterns = ()
    """Names of attributes that are masked besides those that the desk knows (regular expressions, any case)."""
    not_personal: Patterns = ()
    """Names of attributes that are never masked for their name; values that look like mail or phone still are."""
    keep_details_days: Annotated[int, Field(ge=1)] | None = None
    """After so many days the details of the audit trail are deleted; the chain stays. None: never."""

    @property
    def keep_details(self) -> timedelta | None:
        """`keep_details_days` as a length of time."""
        return None if self.keep_details_days is None else timedelta(days=self.keep_details_days)

    def reason_label(self, code: str) -> str:
        """What people read for a code; the code itself where it is not (any more) in the list."""
        return next((each.label for each in self.reasons if each.code == code), code)

    def role_of(self, claims: "dict[str, object]") -> Role | None:
        """What somebody with these claims is; None when nobody said. An address counts only where the provider has
        verified it, or does not say; a `sub` that looks like an address is none."""
        subject, address = str(claims.get("sub") or ""), str(claims.get("email") or "").casefold()
        if subject in self.people and "@" not in subject:
            return self.people[subject]
        if address in self.people and claims.get("email_verified") in (None, True, "true"):
            return self.people[address]
        found = self._claimed(claims)
        values = {str(each) for each in found} if isinstance(found, list | tuple) else {str(found or "")}
        table = self.roles or {role: (role.value,) for role in Role}
        matching = [role for role in Role if values & set(table.get(role, ()))]
        return matching[-1] if matching else self.everyone

    def _claimed(self, claims: "dict[str, object]") -> object:
        """The claim by its whole name (some are URLs), or else step by step along its dots."""
        if self.claim in claims:
            return claims[self.claim]
        found: object = claims
        for part in self.claim.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found
