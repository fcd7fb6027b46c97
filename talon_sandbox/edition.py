"""The two editions of the API in use: what the older one, 25.15, does not know (sandbox.md, Editions)."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

NEWEST = "26.16"
OLDEST = "25.15"
EDITIONS = (OLDEST, NEWEST)

# Fields of answers that came after 25.15, from comparing the two published descriptions. A path leads from
# the top of the answer; "*" stands for every item of a list and every value of a mapping.
_EFFECTS = (
    *("effects/*/experimentId", "effects/*/props/awaitsActivation", "effects/*/props/validityDuration"),
)
_SESSION = (
    "customerSession/cartItemAdditionalCostTotal",
    "customerSession/experimentVariantAllocations",
    "customerSession/updateCount",
)
_LEDGERS = (
    "loyalty/cards/*/ledger/nextTierName",
    "loyalty/cards/*/subledgers/*/nextTierName",
    "loyalty/programs/*/ledger/nextTierName",
    "loyalty/programs/*/subLedgers/*/nextTierName",
)
_CAMPAIGNS = (
    "triggeredCampaigns/*/couponAttributes",
    "triggeredCampaigns/*/experimentId",
    "triggeredCampaigns/*/reevaluateOnReturn",
)
_BLOCKS = ("achievements", "advancedEvent", "campaignEligibility", "event/integrationId")
_STATE = (
    *(*_EFFECTS, *_SESSION, *_LEDGERS, *_CAMPAIGNS, *_BLOCKS),
    *("previousReturns/*/returnedCartItems/*/sku", "return/returnedCartItems/*/sku"),
)
_ROWS = ("data/*/transactionUUID", "data/*/validityDuration", "data/*/storeIntegrationId")
_CARD = ("ledger/nextTierName", "subledgers/*/nextTierName")
_NEWER_FIELDS: dict[str, tuple[str, ...]] = {
    "get_customer_inventory": ("achievements/*/achievementAllowRollbackAfterCompletion", *_LEDGERS),
    "get_customer_session": (*_EFFECTS, *_SESSION),
    "update_customer_session_v2": _STATE,
    "return_cart_items": _STATE,
    "reopen_customer_session": _EFFECTS,
    "update_customer_profile_v2": (*_EFFECTS, *_LEDGERS, *_CAMPAIGNS, *_BLOCKS),
    "track_event_v2": (*_EFFECTS, *_LEDGERS, *_CAMPAIGNS, *_BLOCKS),
    "get_loyalty_program_profile_points": _ROWS,
    "get_loyalty_program_profile_transactions": _ROWS,
    "get_loyalty_card_points": _ROWS,
    "get_loyalty_card_transactions": _ROWS,
    "get_customer_achievements": ("data/*/allowRollbackAfterCompletion",),
    "create_audience_v2": ("subscribedApplicationsIds",),
    "update_audience_v2": ("subscribedApplicationsIds",),
    "generate_loyalty_card": _CARD,
    "link_loyalty_card_to_profile": _CARD,
}
# Words of answers that came after 25.15: field, word, and what stands there instead (choices.py, waiting).
_START = (("data/*/startDate", "on_action", "immediate"),)
_NEWER_WORDS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "get_loyalty_program_profile_transactions": _START,
    "get_loyalty_card_transactions": _START,
}
# Fields of requests that came after 25.15.
_NEWER_INPUT: dict[str, tuple[str, ...]] = {
    "update_customer_session_v2": ("customerSession/experimentVariantAllocations",),
    "return_cart_items": ("return/returnedCartItems/*/sku",),
}
_NEWER_CONTENT = frozenset({"achievements", "campaignEligibility"})
_LARGEST_OLD_PAGE = 50  # what the oldest reference says, though 25.15's own description says 1000


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition: 26.16 answers the union of both, 25.15 leaves out and refuses what is newer."""

    name: str = NEWEST

    def __post_init__(self) -> None:
        if self.name not in EDITIONS:
            raise ValueError(f"unknown edition {self.name!r}: choose one of {', '.join(EDITIONS)}")

    @property
    def honours_keys(self) -> bool:
        """Whether `Idempotency-Key` means anything."""
        return self.name == NEWEST

    def knows(self, since: str) -> bool:
        """Whether an operation or parameter that exists since that edition is known."""
        return since <= self.name

    def largest_page(self, documented: int) -> int:
        """The largest `pageSize` accepted."""
        return documented if self.name == NEWEST else min(documented, _LARGEST_OLD_PAGE)

    def newer_input(self, operation: str, body: Mapping[str, object]) -> list[str]:
        """Pointers to what this edition does not know in a request: fields, and content asked for."""
        if self.name == NEWEST:
            return []
        asked = body.get("responseContent")
        found = [
            f"/responseContent/{index}"
            for index, value in enumerate(asked if isinstance(asked, list) else ())
            if value in _NEWER_CONTENT
        ]
        for path in _NEWER_INPUT.get(operation, ()):
            found += _find(body, path.split("/"), "")
        return found

    def trim(self, operation: str, body: object) -> object:
        """The answer as this edition sends it: without the fields that came later."""
        if self.name == NEWEST or operation not in _NEWER_FIELDS:
            return body
        trimmed = deepcopy(body)
        for path in _NEWER_FIELDS[operation]:
            _remove(trimmed, path.split("/"))
        for path, newer, older in _NEWER_WORDS.get(operation, ()):
            _replace(trimmed, path.split("/"), newer, older)
        return trimmed


def _find(value: object, path: list[str], pointer: str) -> list[str]:
    if not path:
        return [pointer]
    head, *rest = path
    if isinstance(value, list) and head == "*":
        return [hit for index, item in enumerate(value) for hit in _find(item, rest, f"{pointer}/{index}")]
    if isinstance(value, dict) and head in value:
        return _find(value[head], rest, f"{pointer}/{head}")
    return []


def _remove(value: object, path: list[str]) -> None:
    head, *rest = path
    if isinstance(value, list):
        for item in value if head == "*" else ():
            _remove(item, rest)
    elif isinstance(value, dict):
        if head == "*":
            for item in value.values():
                _remove(item, rest)
        elif not rest:
            value.pop(head, None)
        elif head in value:
            _remove(value[head], rest)


def _replace(value: object, path: list[str], newer: str, older: str) -> None:
    head, *rest = path
    if isinstance(value, list):
        for item in value if head == "*" else ():
            _replace(item, rest, newer, older)
    elif isinstance(value, dict) and head in value:
        if rest:
            _replace(value[head], rest, newer, older)
        elif value[head] == newer:
            value[head] = older
