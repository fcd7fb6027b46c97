"""One method an operation, for the client of coroutines; made from the same builders as `talon_client.calls`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import Concatenate, ParamSpec, TypeVar

from talon_client import calls
from talon_client.call import Call
from talon_client.signatures import signed_as

T = TypeVar("T")
P = ParamSpec("P")


def _method(
    build: Callable[P, Call[T]],
) -> "Callable[Concatenate[AsyncMethods, P], Coroutine[object, None, T]]":
    async def method(self: "AsyncMethods", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.send(build(*args, **kwargs))

    return signed_as(build, method)


class AsyncMethods(ABC):
    """The operations of the API as coroutine methods; whoever inherits says how a call is sent."""

    @abstractmethod
    async def send(self, call: Call[T]) -> T:
        """Makes the call and returns its value."""

    get_customer_inventory = _method(calls.get_customer_inventory)
    update_customer_profile_v2 = _method(calls.update_customer_profile_v2)
    update_customer_profiles_v2 = _method(calls.update_customer_profiles_v2)
    delete_customer_data = _method(calls.delete_customer_data)

    get_customer_session = _method(calls.get_customer_session)
    update_customer_session_v2 = _method(calls.update_customer_session_v2)
    return_cart_items = _method(calls.return_cart_items)
    reopen_customer_session = _method(calls.reopen_customer_session)

    get_loyalty_balances = _method(calls.get_loyalty_balances)
    get_loyalty_program_profile_points = _method(calls.get_loyalty_program_profile_points)
    get_loyalty_program_profile_transactions = _method(calls.get_loyalty_program_profile_transactions)
    activate_loyalty_points = _method(calls.activate_loyalty_points)
    delete_loyalty_transactions_from_ledgers = _method(calls.delete_loyalty_transactions_from_ledgers)
    join_loyalty_program = _method(calls.join_loyalty_program)

    get_loyalty_card_balances = _method(calls.get_loyalty_card_balances)
    get_loyalty_card_points = _method(calls.get_loyalty_card_points)
    get_loyalty_card_transactions = _method(calls.get_loyalty_card_transactions)
    generate_loyalty_card = _method(calls.generate_loyalty_card)
    link_loyalty_card_to_profile = _method(calls.link_loyalty_card_to_profile)
    unlink_loyalty_card_from_profile = _method(calls.unlink_loyalty_card_from_profile)

    get_reserved_customers = _method(calls.get_reserved_customers)
    create_coupon_reservation = _method(calls.create_coupon_reservation)
    delete_coupon_reservation = _method(calls.delete_coupon_reservation)

    get_customer_achievements = _method(calls.get_customer_achievements)
    get_customer_achievement_history = _method(calls.get_customer_achievement_history)

    update_audience_customers_attributes = _method(calls.update_audience_customers_attributes)
    create_audience_v2 = _method(calls.create_audience_v2)
    delete_audience_v2 = _method(calls.delete_audience_v2)
    update_audience_v2 = _method(calls.update_audience_v2)
    delete_audience_memberships_v2 = _method(calls.delete_audience_memberships_v2)
    update_customer_profile_audiences = _method(calls.update_customer_profile_audiences)

    integration_get_all_campaigns = _method(calls.integration_get_all_campaigns)

    best_prior_price = _method(calls.best_prior_price)
    sync_catalog = _method(calls.sync_catalog)

    track_event_v2 = _method(calls.track_event_v2)
    track_event_v3 = _method(calls.track_event_v3)
    get_event_v3 = _method(calls.get_event_v3)
    track_event = _method(calls.track_event)

    create_referral = _method(calls.create_referral)
    create_referrals_for_multiple_advocates = _method(calls.create_referrals_for_multiple_advocates)
