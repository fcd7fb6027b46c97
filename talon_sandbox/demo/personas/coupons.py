"""Customers with coupons in their wallets, and codes that are refused."""

from datetime import timedelta
from decimal import Decimal

from ...clock import to_micros
from ...coupons import NewCoupon
from ..people import person
from ..scenario import Scenario
from ..shop import cart
from ..stage import Life, Stage

# Campaigns of the demo's data file.
WELCOME, GIFT_CARDS, DISABLED, FIRST_HUNDRED = 102, 103, 107, 108

EARLY = "EARLY-ANNA"
_WALLET = (
    *("WELCOME10-ANNA", "VIP20-ANNA", "USED10-ANNA", "OLD10-ANNA"),
    *("SOON10-ANNA", "BAG-ANNA", "GIFT50-ANNA"),
)
EVERYBODYS_CODES = ("HELLO10", "FIRST100")
"""Codes that anybody may type; the crowd does."""


def open_the_shop(stage: Stage) -> Life:
    """The codes that were there from the beginning."""
    yield stage.beginning()
    stage.world.create_coupon("HELLO10", WELCOME)
    stage.world.create_coupon("FIRST100", FIRST_HUNDRED)


def scenarios(stage: Stage) -> list[Scenario]:
    """Reservations hard and soft, every state of a wallet, and codes that are refused."""
    early = "one whose campaign has not started, " if _scheduled(stage) else ""
    return [
        Scenario(
            "anna.wallet",
            "profile",
            "Anna asks which of her codes still work.",
            "In her wallet: soft and hard reservations, a used, an expired, a pending and a disabled coupon,"
            f" {early}a gift card with 30 EUR left.",
            (*_WALLET, *([EARLY] if early else ()), "ORD-10091", "ORD-10092"),
            (_anna(stage),),
        ),
        Scenario(
            "WELCOME10-ANNA",
            "coupon",
            "A soft reservation: it is shown in Anna's wallet, but anybody may redeem it.",
            "Held by Anna alone; further customers can be added.",
            ("anna.wallet",),
        ),
        Scenario(
            "VIP20-ANNA",
            "coupon",
            "A hard reservation: only who holds it can redeem it.",
            "Held by Anna; in Ben's cart it is refused with CouponReservationRequired.",
            ("anna.wallet", "ben.refused"),
        ),
        Scenario(
            "ORD-10095",
            "session",
            "Ben's open cart holds three codes that do nothing.",
            "Refused: one is Anna's hard reservation, one is personal to somebody else, one does not exist.",
            ("ben.refused", "VIP20-ANNA", "BIRTHDAY-CARO"),
            (_ben(stage),),
        ),
        Scenario(
            "BIRTHDAY-CARO",
            "coupon",
            "A personal code of Caro.",
            "Nobody holds it, and it cannot be reserved: it has a recipient.",
            ("caro.personal",),
            (_caro(stage),),
        ),
        Scenario(
            "ONCE-ONLY",
            "coupon",
            "A code for one redemption, which was made months ago.",
            "Used up; nobody holds it.",
            ("caro.personal", "ORD-10098"),
        ),
    ]


def _scheduled(stage: Stage) -> int | None:
    """A campaign with codes that starts only after the end; another campaigns file may hold none."""
    end = to_micros(stage.end)
    campaigns = stage.world.catalog.campaigns.values()
    return next(
        (each.id for each in campaigns if "coupons" in each.features and each.is_scheduled(end)), None
    )


def _anna(stage: Stage) -> Life:
    yield stage.ago(320, 9)
    stage.profile(person("Anna", "Jansen", "Utrecht", "NL", id="anna.wallet", since=stage.ago(320)))
    later = to_micros(stage.end + timedelta(days=20))
    expired = to_micros(stage.ago(40))
    for code, campaign, settings in (
        ("WELCOME10-ANNA", WELCOME, NewCoupon(usage_limit=1)),
        ("VIP20-ANNA", WELCOME, NewCoupon(usage_limit=1, mandatory=True)),
        ("USED10-ANNA", WELCOME, NewCoupon(usage_limit=1)),
        ("OLD10-ANNA", WELCOME, NewCoupon(usage_limit=1, expires=expired)),
        ("SOON10-ANNA", WELCOME, NewCoupon(usage_limit=1, starts=later)),
        ("BAG-ANNA", DISABLED, NewCoupon(usage_limit=1)),
        ("GIFT50-ANNA", GIFT_CARDS, NewCoupon(discount_limit=Decimal(50))),
    ):
        stage.world.create_coupon(code, campaign, settings)
        stage.reserve(code, "anna.wallet")
    scheduled = _scheduled(stage)
    if scheduled is not None:
        stage.world.create_coupon(EARLY, scheduled, NewCoupon(usage_limit=1))
        stage.reserve(EARLY, "anna.wallet")
    yield stage.ago(200, 15, 10)
    stage.session("ORD-10091", "anna.wallet", cart(("CLO-102", 1)), coupons=["USED10-ANNA"])
    yield stage.ago(80, 20, 25)
    stage.session(
        "ORD-10092", "anna.wallet", [{**cart(("ACC-102", 1))[0], "price": 20}], coupons=["GIFT50-ANNA"]
    )


def _ben(stage: Stage) -> Life:
    yield stage.ago(90, 9)
    stage.profile(person("Ben", "Weber", "Hamburg", "DE", id="ben.refused", since=stage.ago(90)))
    yield stage.an_hour_ago()
    codes = ["VIP20-ANNA", "BIRTHDAY-CARO", "WELCOME1O-ANNA"]
    stage.session("ORD-10095", "ben.refused", cart(("CLO-104", 1)), state="open", coupons=codes)


def _caro(stage: Stage) -> Life:
    yield stage.ago(160, 9)
    stage.profile(person("Caro", "Teixeira", "Lyon", "FR", id="caro.personal", since=stage.ago(160)))
    stage.world.create_coupon("BIRTHDAY-CARO", WELCOME, NewCoupon(usage_limit=1, recipient="caro.personal"))
    stage.world.create_coupon("ONCE-ONLY", WELCOME, NewCoupon(usage_limit=1))
    yield stage.ago(150, 19, 5)
    stage.session("ORD-10098", "caro.personal", cart(("HOM-105", 1)), coupons=["ONCE-ONLY"])
