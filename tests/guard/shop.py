"""A shop in memory behind `httpx`: just enough of the API to count effects, with answers that go wrong on request.

The real rules are the sandbox's business (`test_sandbox.py`); here every fault can be placed to the request.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httpx

Fault = Callable[["Shop", httpx.Request, Callable[[], httpx.Response]], httpx.Response]


def lost(shop: "Shop", request: httpx.Request, act: Callable[[], httpx.Response]) -> httpx.Response:
    """Applied, and the answer never arrives."""
    act()
    raise httpx.ReadError("reset", request=request)


def swallowed(shop: "Shop", request: httpx.Request, act: Callable[[], httpx.Response]) -> httpx.Response:
    """Not applied, and no answer either."""
    raise httpx.ReadError("reset", request=request)


def refused_connection(
    shop: "Shop", request: httpx.Request, act: Callable[[], httpx.Response]
) -> httpx.Response:
    """Nothing leaves the house."""
    raise httpx.ConnectError("refused", request=request)


def garbled(shop: "Shop", request: httpx.Request, act: Callable[[], httpx.Response]) -> httpx.Response:
    """Applied, and the answer is no JSON."""
    return httpx.Response(act().status_code, text="<html>", headers={"content-type": "text/html"})


def answering(status: int, message: str = "no", *, applied: bool = False) -> Fault:
    """Answers this status, before or after doing the work."""

    def fault(shop: "Shop", request: httpx.Request, act: Callable[[], httpx.Response]) -> httpx.Response:
        if applied:
            act()
        return httpx.Response(status, json={"message": message})

    return fault


class Shop:
    """Sessions, codes and cards of one Application. `effects` counts what was really done."""

    def __init__(self, *, honours_keys: bool = False) -> None:
        self.honours_keys = honours_keys
        self.profiles: dict[str, dict[str, Any]] = {"maria": {"City": "Lyon"}, "ben": {}}
        self.holders: dict[str, list[str]] = {"SUMMER": []}
        self.cards: dict[tuple[int, str], list[str]] = {(2, "CARD-1"): [], (2, "CARD-3"): ["ben"]}
        self.card_limit = 2
        self.points: dict[str, int] = {"maria": 100, "ben": 0}
        self.sessions: dict[str, dict[str, Any]] = {"ORD-1": self._closed("maria")}
        self.effects: dict[str, int] = defaultdict(int)
        self.requests: list[tuple[str, str, str | None]] = []
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self._answers: dict[str, httpx.Response] = {}
        self._lock = threading.RLock()

    @staticmethod
    def _closed(profile: str) -> dict[str, Any]:
        return {
            "integrationId": "ORD-1",
            "state": "closed",
            "profileId": profile,
            "updateCount": 1,
            "cartItems": [
                {"position": 0, "sku": "TEA", "quantity": 3, "returnedQuantity": 0},
                {"position": 1, "sku": "CUP", "quantity": 1, "returnedQuantity": 0},
            ],
        }

    def http(self) -> httpx.Client:
        """A client that talks to this shop."""
        return httpx.Client(transport=httpx.MockTransport(self._handle))

    def sent(self, kind: str) -> int:
        """How many requests of this kind arrived, dry ones not counted."""
        return sum(each[0] == kind for each in self.requests)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        kind, act = self._route(request)
        key = request.headers.get("idempotency-key")
        with self._lock:
            self.requests.append((kind, request.url.raw_path.decode(), key))
            fault = self.faults[kind].pop(0) if self.faults[kind] else None

        def once() -> httpx.Response:
            with self._lock:
                if self.honours_keys and key in self._answers:
                    return self._answers[key]
                response = act()
                if key is not None and response.is_success:
                    self._answers[key] = response
                return response

        return once() if fault is None else fault(self, request, once)

    def _route(self, request: httpx.Request) -> tuple[str, Callable[[], httpx.Response]]:
        path, _, query = request.url.raw_path.decode().partition("?")
        parts = [unquote(part) for part in path.split("/")[1:]]
        body = json.loads(request.content) if request.content else {}
        dry = "dry=true" in query
        match request.method, parts:
            case "GET", ["v2", "customer_sessions", session]:
                return "get_session", lambda: self._get_session(session)
            case "POST", ["v2", "customer_sessions", session, "returns"]:
                return ("dry_return" if dry else "return"), lambda: self._return(session, body, dry)
            case "PUT", ["v2", "customer_sessions", session, "reopen"]:
                return "reopen", lambda: self._reopen(session)
            case "PUT", ["v2", "customer_sessions", session]:
                return "cancel", lambda: self._cancel(session, body)
            case "GET", ["v1", "customer_profiles", profile, "inventory"]:
                return "inventory", lambda: self._inventory(profile)
            case "PUT", ["v2", "customer_profiles", profile]:
                return "update_profile", lambda: self._update_profile(profile, body)
            case "GET", ["v1", "coupon_reservations", "customerprofiles", code]:
                return "holders", lambda: self._holders(code)
            case "POST", ["v1", "coupon_reservations", code]:
                return "reserve", lambda: self._reserve(code, body)
            case "DELETE", ["v1", "coupon_reservations", code]:
                return "release", lambda: self._release(code, body)
            case "POST", ["v2", "loyalty_programs", program, "cards", card, "unlink_profile"]:
                return "unlink", lambda: self._unlink(int(program), card, body)
            case "DELETE", ["v1", "customer_data", profile]:
                return "erase", lambda: self._erase(profile)
            case "GET", ["v1", "loyalty_programs", program, "cards", card, "balances"]:
                return "card", lambda: self._card(int(program), card)
            case "GET", ["v1", "loyalty_programs", _, "profile", profile, "balances"]:
                return "balances", lambda: self._balances(profile)
            case "POST", ["v1", "loyalty_programs", program, "cards"]:
                return "generate", lambda: self._generate(int(program), body)
            case "POST", ["v2", "loyalty_programs", program, "cards", card, "link_profile"]:
                return "link", lambda: self._link(int(program), card, body)
        raise AssertionError(f"the shop does not know {request.method} {path}")

    def _get_session(self, session_id: str) -> httpx.Response:
        session = self.sessions.get(session_id)
        if session is None:
            return httpx.Response(404, json={"message": "no session"})
        return httpx.Response(200, json={"customerSession": session, "effects": [self._earned(session)]})

    def _earned(self, session: dict[str, Any]) -> dict[str, Any]:
        props = {
            "programId": 1,
            "subLedgerId": "",
            "value": 40,
            "recipientIntegrationId": session["profileId"],
        }
        return {"effectType": "addLoyaltyPoints", "props": props}

    def _return(self, session_id: str, body: dict[str, Any], dry: bool) -> httpx.Response:
        session = self.sessions[session_id]
        wanted = body["return"]["returnedCartItems"]
        for item in wanted:
            line = session["cartItems"][item["position"]]
            if session["state"] == "open" or item["quantity"] > line["quantity"] - line["returnedQuantity"]:
                return httpx.Response(400, json={"message": "cannot be returned"})
        units = sum(item["quantity"] for item in wanted)
        if not dry:
            for item in wanted:
                session["cartItems"][item["position"]]["returnedQuantity"] += item["quantity"]
            session["state"] = "partially_returned"
            self.points[session["profileId"]] -= 10 * units
            self.effects["return"] += 1
        props = {
            "programId": 1,
            "subLedgerId": "",
            "value": 10 * units,
            "recipientIntegrationId": session["profileId"],
            "transactionUUID": f"{len(self.requests)}",
        }
        effects = [{"effectType": "rollbackAddedLoyaltyPoints", "props": props}]
        return httpx.Response(200, json={"effects": effects, "customerSession": session})

    def _reopen(self, session_id: str) -> httpx.Response:
        session = self.sessions[session_id]
        if session["state"] != "closed":
            return httpx.Response(400, json={"message": "not closed"})
        session["state"], session["updateCount"] = "open", session["updateCount"] + 1
        self.effects["reopen"] += 1
        return httpx.Response(200, json={"effects": []})

    def _cancel(self, session_id: str, body: dict[str, Any]) -> httpx.Response:
        self.sessions[session_id]["state"] = body["customerSession"]["state"]
        self.effects["cancel"] += 1
        return httpx.Response(200, json={"effects": []})

    def _inventory(self, profile_id: str) -> httpx.Response:
        if profile_id not in self.profiles:
            return httpx.Response(404, json={"message": "no profile"})
        profile = {"integrationId": profile_id, "attributes": self.profiles[profile_id]}
        return httpx.Response(200, json={"profile": profile})

    def _update_profile(self, profile_id: str, body: dict[str, Any]) -> httpx.Response:
        self.profiles[profile_id].update(body["attributes"])
        self.effects["update_profile"] += 1
        return httpx.Response(200, json={"effects": []})

    def _holders(self, code: str) -> httpx.Response:
        if code not in self.holders:
            return httpx.Response(404, json={"message": "no such code"})
        return httpx.Response(200, json={"data": [{"integrationId": each} for each in self.holders[code]]})

    def _reserve(self, code: str, body: dict[str, Any]) -> httpx.Response:
        self.holders[code] += body["integrationIDs"]
        self.effects["reserve"] += 1
        return httpx.Response(201, json={"id": 1, "value": code})

    def _release(self, code: str, body: dict[str, Any]) -> httpx.Response:
        if body["integrationIDs"][0] not in self.holders[code]:
            return httpx.Response(404, json={"message": "no reservation"})
        self.holders[code].remove(body["integrationIDs"][0])
        self.effects["release"] += 1
        return httpx.Response(204)

    def _card(self, program: int, card: str) -> httpx.Response:
        if (program, card) not in self.cards:
            return httpx.Response(404, json={"message": "no card"})
        profiles = [{"integrationId": each} for each in self.cards[(program, card)]]
        return httpx.Response(200, json={"balance": {"activePoints": 7}, "profiles": profiles})

    def _balances(self, profile_id: str) -> httpx.Response:
        points = self.points[profile_id]
        balance = {
            "activePoints": max(points, 0),
            "pendingPoints": 0,
            "negativePoints": max(-points, 0),
            "currentTier": {"name": "Gold"},
        }
        return httpx.Response(200, json={"balance": balance})

    def _generate(self, program: int, body: dict[str, Any]) -> httpx.Response:
        if (program, body["cardIdentifier"]) in self.cards:
            return httpx.Response(400, json={"message": "exists"})
        self.cards[(program, body["cardIdentifier"])] = list(body["customerProfileIds"])
        self.effects["generate"] += 1
        return httpx.Response(200, json={"identifier": body["cardIdentifier"]})

    def _link(self, program: int, card: str, body: dict[str, Any]) -> httpx.Response:
        linked = self.cards[(program, card)]
        if body["integrationId"] in linked or len(linked) >= self.card_limit:
            return httpx.Response(400, json={"message": "already linked, or at its limit"})
        linked.append(body["integrationId"])
        self.effects["link"] += 1
        return httpx.Response(200, json={"identifier": card})

    def _unlink(self, program: int, card: str, body: dict[str, Any]) -> httpx.Response:
        linked = self.cards[(program, card)]
        if body["integrationId"] not in linked:
            return httpx.Response(400, json={"message": "not linked"})
        linked.remove(body["integrationId"])
        self.effects["unlink"] += 1
        return httpx.Response(200, json={"identifier": card})

    def _erase(self, profile_id: str) -> httpx.Response:
        if profile_id not in self.profiles:
            return httpx.Response(404, json={"message": "no profile"})
        if self.profiles[profile_id]:
            self.profiles[profile_id].clear()
            self.effects["erase"] += 1
        return httpx.Response(204)
