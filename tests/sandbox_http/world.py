"""The demo world as an agent could read it over HTTP."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx

CLUB, CARDS, STAFF = 1, 2, 3


class World:
    """The demo world as an agent could read it, with numbers as Decimal."""

    def __init__(self, client: httpx.Client, now: datetime) -> None:
        self._client, self.now = client, now

    def get(self, path: str, **query: str) -> Any:
        answer = self._client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.content, parse_float=Decimal)

    def status(self, method: str, path: str, body: object) -> int:
        return self._client.request(method, path, json=body).status_code

    def scenarios(self) -> dict[str, Any]:
        return {each["id"]: each for each in self.get("/_sandbox/scenarios")["scenarios"]}

    def inventory(self, profile: str) -> Any:
        path = f"/v1/customer_profiles/{quote(profile, safe='')}/inventory"
        return self.get(path, profile="true", coupons="true", loyalty="true")

    def balance(self, profile: str, program: int = CLUB, subledger: str = "") -> Any:
        path = f"/v1/loyalty_programs/{program}/profile/{quote(profile, safe='')}/balances"
        found = self.get(path, includeTiers="true", includeProjectedTier="true")
        return found["subledgerBalances"][subledger] if subledger else found["balance"]

    def rows(self, profile: str, **query: str) -> list[Any]:
        return self._all(f"/v1/loyalty_programs/{CLUB}/profile/{quote(profile, safe='')}/transactions", query)

    def points(self, profile: str, status: str) -> list[Any]:
        path = f"/v1/loyalty_programs/{CLUB}/profile/{quote(profile, safe='')}/points"
        return self._all(path, {"status": status})

    def _all(self, path: str, query: dict[str, str]) -> list[Any]:
        rows: list[Any] = []
        while True:
            page = self.get(path, **query, pageSize="1000", skip=str(len(rows)))
            rows += page["data"]
            if not page["hasMore"]:
                return rows

    def session(self, session: str) -> Any:
        return self.get(f"/v2/customer_sessions/{quote(session, safe='')}")

    def holders(self, code: str) -> set[str]:
        found = self.get(f"/v1/coupon_reservations/customerprofiles/{code}")["data"]
        return {profile["integrationId"] for profile in found}

    def event(self, event: str) -> Any:
        return self.get(f"/v3/events/{event}")

    def belongings(self, profile: str) -> Any:
        path = f"/v1/customer_profiles/{quote(profile, safe='')}/inventory"
        return self.get(path, referrals="true", giveaways="true", achievements="true", profile="true")

    def card(self, card: str) -> Any:
        return self.get(f"/v1/loyalty_programs/{CARDS}/cards/{card}/balances")

    def wallet(self, profile: str) -> dict[str, str]:
        return {coupon["value"]: coupon["state"] for coupon in self.inventory(profile)["coupons"]}
