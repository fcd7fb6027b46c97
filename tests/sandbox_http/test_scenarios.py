"""Every persona of the demo world exists, and what its scenario says holds, read through the API."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import httpx
import pytest

from talon_sandbox import Sandbox

from . import missing_checks
from .conftest import NOW
from .world import CARDS, CLUB, STAFF, World


@pytest.fixture(scope="module")
def world(shared_sandbox: Sandbox) -> Iterator[World]:
    shared_sandbox.reset()
    headers = {"Authorization": f"ApiKey-v1 {shared_sandbox.api_key}"}
    with httpx.Client(base_url=shared_sandbox.url, headers=headers, timeout=5) as client:
        yield World(client, NOW)
    shared_sandbox.reset()


Check = Callable[[World], None]
CHECKS: dict[str, Check] = {**missing_checks.CHECKS}


def check(scenario: str) -> Callable[[Check], Check]:
    def keep(function: Check) -> Check:
        CHECKS[scenario] = function
        return function

    return keep


@check("maria.pending")
def _(world: World) -> None:
    waiting = world.points("maria.pending", "pending")
    assert {row["customerSessionId"] for row in waiting} == {"ORD-10023"}
    (friday,) = {datetime.fromisoformat(row["startDate"]) for row in waiting}
    assert friday.weekday() == 4
    assert timedelta(days=1) < friday - world.now < timedelta(days=9)
    assert f"{friday:%A %d %B %Y}" in world.scenarios()["maria.pending"]["find"]
    assert world.balance("maria.pending")["activePoints"] > 0


@check("tom.expired")
def _(world: World) -> None:
    gone = world.points("tom.expired", "expired")
    assert {row["customerSessionId"] for row in gone} == {"ORD-10031"}
    assert all(
        world.now - timedelta(days=42) < datetime.fromisoformat(row["expiryDate"]) < world.now for row in gone
    )
    assert world.balance("tom.expired")["expiredPoints"] == sum(row["amount"] for row in gone)
    assert world.balance("tom.expired")["activePoints"] > 0


@check("rita.tier")
def _(world: World) -> None:
    balance = world.balance("rita.tier")
    assert balance["currentTier"]["name"] == "Silver"
    ends = datetime.fromisoformat(balance["currentTier"]["expiryDate"])
    assert world.now < ends < world.now + timedelta(days=14)
    assert balance["projectedTier"]["projectedTierName"] == "Bronze"
    assert balance["projectedTier"]["stayInTierPoints"] > 0


@check("paul.waiting")
def _(world: World) -> None:
    assert world.balance("paul.waiting", subledger="newsletter")["pendingPoints"] == 300
    (row,) = world.rows("paul.waiting", subledgerId="newsletter")
    assert (row["startDate"], row["amount"]) == ("on_action", 300)


@check("nora.negative")
def _(world: World) -> None:
    balance = world.balance("nora.negative", STAFF)
    assert (balance["negativePoints"], balance["activePoints"]) == (150, 0)


@check("nina.stamps")
def _nina(world: World) -> None:
    found = world.belongings("nina.stamps")
    [gift] = found["giveaways"]
    assert gift["profileIntegrationId"] == "nina.stamps"
    tenth = world.session(world.scenarios()["nina.stamps"]["also"][9])["effects"]
    assert [e["props"]["code"] for e in tenth if e["effectType"] == "awardGiveaway"] == [gift["code"]]
    stamps = next(each for each in found["achievements"] if each["name"] == "TenthOrder")
    assert (stamps["status"], stamps["progress"]) == ("inprogress", 1)
    history = world.get(f"/v1/customer_profiles/nina.stamps/achievements/{stamps['achievementId']}")["data"]
    assert [(each["status"], each["progress"]) for each in history] == [("inprogress", 1), ("completed", 10)]


@check("rosa.advocate")
def _rosa(world: World) -> None:
    [referral] = world.belongings("rosa.advocate")["referrals"]
    assert referral["referredCustomers"] == ["finn.friend", "fay.friend"]
    assert referral["usageCounter"] == 2
    thanks = [row for row in world.rows("rosa.advocate") if row["name"] == "Thank you for referring"]
    assert [row["amount"] for row in thanks] == [200, 200]
    assert world.event("event-1")["profileId"] == "rosa.advocate"
    assert world.balance("rosa.advocate", subledger="newsletter")["activePoints"] == 50


@check("hanna.erased")
def _hanna(world: World) -> None:
    assert world.belongings("hanna.erased")["profile"]["attributes"] == {}
    assert world.session("ORD-10631")["customerSession"]["state"] == "closed"
    assert world.rows("hanna.erased")


@check("zoe.new")
def _(world: World) -> None:
    inventory = world.inventory("zoe.new")
    assert inventory["profile"]["closedSessions"] == 0
    assert inventory["coupons"] == []
    assert not world.rows("zoe.new")
    assert world.balance("zoe.new").get("currentTier") is None


@check("sven.cancelled")
def _(world: World) -> None:
    assert world.session("ORD-10052")["customerSession"]["state"] == "cancelled"
    rows = world.rows("sven.cancelled", customerSessionIDs="ORD-10052")
    spent = [row for row in rows if row["type"] == "subtraction"]
    back = [row for row in rows if row["type"] == "addition"]
    assert spent
    assert sum(row["amount"] for row in back) == sum(row["amount"] for row in spent)
    dates = {row["expiryDate"] for row in world.rows("sven.cancelled", customerSessionIDs="ORD-10051")}
    assert dates & {row["expiryDate"] for row in back}


@check("ORD-10061")
def _(world: World) -> None:
    session = world.session("ORD-10061")["customerSession"]
    assert (session["state"], session["profileId"]) == ("partially_returned", "clara.returns")
    assert sum(item["returnedQuantity"] for item in session["cartItems"]) == 2
    assert sum(item["remainingQuantity"] for item in session["cartItems"]) == 3


@check("ORD-10071")
def _(world: World) -> None:
    assert world.session("ORD-10071")["customerSession"]["state"] == "open"
    rows = world.rows("hugo.reopened", customerSessionIDs="ORD-10071")
    signed = [row["amount"] if row["type"] == "addition" else -row["amount"] for row in rows]
    assert rows
    assert sum(signed) == 0


@check("ORD-10081")
def _(world: World) -> None:
    found = world.session("ORD-10081")
    assert found["customerSession"]["state"] == "open"
    assert "addLoyaltyPoints" in {effect["effectType"] for effect in found["effects"]}
    assert not world.rows("ines.open")


@check("anna.wallet")
def _(world: World) -> None:
    early = {"EARLY-ANNA": "active"}  # although its campaign has not started
    if "EARLY-ANNA" not in world.scenarios()["anna.wallet"]["also"]:
        early = {}  # no campaign of the data file lies ahead of that day
    assert world.wallet("anna.wallet") == early | {
        "WELCOME10-ANNA": "active",
        "VIP20-ANNA": "active",
        "USED10-ANNA": "used",
        "OLD10-ANNA": "expired",
        "SOON10-ANNA": "pending",
        "BAG-ANNA": "disabled",
        "GIFT50-ANNA": "active",
    }
    coupons = {coupon["value"]: coupon for coupon in world.inventory("anna.wallet")["coupons"]}
    assert coupons["GIFT50-ANNA"]["discountRemainder"] == 30
    assert coupons["VIP20-ANNA"]["isReservationMandatory"] is True


@check("WELCOME10-ANNA")
def _(world: World) -> None:
    assert world.holders("WELCOME10-ANNA") == {"anna.wallet"}


@check("VIP20-ANNA")
def _(world: World) -> None:
    assert world.holders("VIP20-ANNA") == {"anna.wallet"}
    assert _refusals(world, "ORD-10095")["VIP20-ANNA"] == "CouponReservationRequired"


@check("ORD-10095")
def _(world: World) -> None:
    assert _refusals(world, "ORD-10095") == {
        "VIP20-ANNA": "CouponReservationRequired",
        "BIRTHDAY-CARO": "CouponRecipientDoesNotMatch",
        "WELCOME1O-ANNA": "CouponNotFound",
    }


@check("BIRTHDAY-CARO")
def _(world: World) -> None:
    assert world.holders("BIRTHDAY-CARO") == set()
    body = {"integrationIDs": ["zoe.new"]}
    assert world.status("POST", "/v1/coupon_reservations/BIRTHDAY-CARO", body) == 400


@check("ONCE-ONLY")
def _(world: World) -> None:
    assert world.holders("ONCE-ONLY") == set()
    assert world.wallet("caro.personal")["ONCE-ONLY"] == "used"


def _refusals(world: World, session: str) -> dict[str, str]:
    effects = world.session(session)["effects"]
    props = [effect["props"] for effect in effects if effect["effectType"] == "rejectCoupon"]
    return {each["value"]: each["rejectionReason"] for each in props}


@check("CARD-1001")
def _(world: World) -> None:
    card = world.card("CARD-1001")
    assert {each["integrationId"] for each in card["profiles"]} == {"lena.shared", "lars.shared"}
    assert card["balance"]["activePoints"] > 0
    rows = world.get(f"/v1/loyalty_programs/{CARDS}/cards/CARD-1001/transactions")["data"]
    assert {row["customerSessionId"] for row in rows} == {"ORD-10101", "ORD-10102"}


@check("CARD-1002")
def _(world: World) -> None:
    assert [each["integrationId"] for each in world.card("CARD-1002")["profiles"]] == ["mila.limit"]
    link = f"/v2/loyalty_programs/{CARDS}/cards/CARD-1002/link_profile"
    assert world.status("POST", link, {"integrationId": "zoe.new"}) == 400


@check("CARD-1003")
def _(world: World) -> None:
    cards = world.inventory("otto.blocked")["loyalty"]["cards"]
    assert [(card["identifier"], card["status"]) for card in cards] == [("CARD-1003", "blocked")]
    before = world.card("CARD-1003")["balance"]
    item = {"sku": "A", "quantity": 1, "price": 100}
    session = {
        "profileId": "otto.blocked",
        "loyaltyCards": ["CARD-1003"],
        "cartItems": [item],
        "state": "closed",
    }
    assert world.status("PUT", "/v2/customer_sessions/BLOCKED-1", {"customerSession": session}) in (200, 400)
    assert world.card("CARD-1003")["balance"] == before
    assert before["activePoints"] > 0


@check("CARD-1004")
def _(world: World) -> None:
    assert world.card("CARD-1004").get("profiles") in ([], None)


@check("ivan.archive")
def _(world: World) -> None:
    rows = world.rows("ivan.archive")
    assert len({row["id"] for row in rows}) == len(rows) >= 5040
    balance = world.balance("ivan.archive")
    signed = sum(row["amount"] if row["type"] == "addition" else -row["amount"] for row in rows)
    left = balance["activePoints"] + balance["pendingPoints"] + balance["expiredPoints"]
    subledgers = {row["subledgerId"] for row in rows} - {""}
    for subledger in subledgers:
        other = world.balance("ivan.archive", subledger=subledger)
        left += other["activePoints"] + other["pendingPoints"] + other["expiredPoints"]
    assert left == signed


def _is_found(world: World, profile: str) -> None:
    inventory = world.inventory(profile)
    assert inventory["profile"]["integrationId"] == profile
    assert inventory["profile"]["closedSessions"] == 1
    (order,) = world.scenarios()[profile]["also"]
    assert world.session(order)["customerSession"]["profileId"] == profile


for awkward in ("long." + "x" * 250, "acme/100%?#..&+;= q", "🎉party🧦", "bobby.markup"):
    CHECKS[awkward] = lambda world, awkward=awkward: _is_found(world, awkward)  # type: ignore[misc]
CHECKS["\u0646\u0648\u0631\u0627.\u0627\u0644\u0639\u0631\u0628\u064a"] = lambda world: _is_found(
    world, "\u0646\u0648\u0631\u0627.\u0627\u0644\u0639\u0631\u0628\u064a"
)


def test_the_list_holds_these_and_no_others(world: World) -> None:
    assert set(world.scenarios()) == set(CHECKS)


@pytest.mark.parametrize("scenario", CHECKS, ids=lambda name: name.encode("ascii", "replace").decode()[:20])
def test_what_a_scenario_says_holds(world: World, scenario: str) -> None:
    CHECKS[scenario](world)


@pytest.mark.parametrize("day", ["2026-11-20T23:59:00Z", "2027-03-28T00:30:00Z", "2028-02-29T12:00:00Z"])
def test_the_stories_hold_on_other_days(day: str) -> None:
    now = datetime.fromisoformat(day)
    with Sandbox(now=now, customers=0, socket=False) as sandbox:
        headers = {"Authorization": f"ApiKey-v1 {sandbox.api_key}"}
        with httpx.Client(base_url=sandbox.url, headers=headers, transport=sandbox.transport()) as client:
            world = World(client, now)
            for checked in CHECKS.values():
                checked(world)


def test_every_id_named_in_a_scenario_exists(world: World) -> None:
    for scenario in world.scenarios().values():
        assert scenario["story"]
        assert scenario["find"]
        for other in (scenario["id"], *scenario["also"]):
            if other.startswith("ORD-"):
                world.session(other)
            elif other.startswith("CARD-"):
                world.card(other)
            elif other.startswith("event-"):
                world.event(other)
            elif other.isascii() and other.isupper():
                world.holders(other)
            else:
                world.inventory(other)


def test_balances_inventory_and_ledger_show_one_number(world: World, shared_sandbox: Sandbox) -> None:
    """A page of ordinary customers: three ways to ask, one answer."""
    names = shared_sandbox.change(
        lambda world: world.conn.execute(
            "select integration_id from profile where integration_id glob '*.[0-9][0-9][0-9]' order by id"
        ).fetchall()
    )
    assert len(names) == 60
    for (name,) in names[:20]:
        inventory = world.inventory(name)
        programs = inventory["loyalty"]["programs"]
        assert programs, name
        ledger = programs[str(CLUB)]["ledger"]
        balance = world.balance(name)
        assert (balance["activePoints"], balance["pendingPoints"]) == (
            ledger["currentBalance"],
            ledger["pendingBalance"],
        )
        for status, figure in (("active", "activePoints"), ("pending", "pendingPoints")):
            rows = [row for row in world.points(name, status) if row["subledgerId"] == ""]
            assert sum(row["amount"] for row in rows) == balance[figure]
        signed = [
            row["amount"] if row["type"] == "addition" else -row["amount"]
            for row in world.rows(name)
            if row["subledgerId"] == ""
        ]
        left = balance["activePoints"] + balance["pendingPoints"] + balance["expiredPoints"]
        assert sum(signed) == left - balance["negativePoints"]


def test_the_crowd_is_lively(shared_sandbox: Sandbox) -> None:
    counts = shared_sandbox.change(
        lambda world: {
            "states": dict(world.conn.execute("select state, count(*) from session group by state")),
            "spends": world.conn.execute("select count(*) from entry where cause = 'spend'").fetchone()[0],
            "most": world.conn.execute(
                "select max(n), min(n) from (select count(*) n from session group by profile_id)"
            ).fetchone(),
        }
    )
    states = counts["states"]
    assert set(states) == {"open", "closed", "partially_returned", "cancelled"}
    assert states["closed"] > 400
    assert min(states.values()) >= 5
    assert counts["spends"] > 50
