"""Every block of the desk on one page, with ordinary, empty and awkward data: to look at, and for the browser test."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import streamlit as st

from desk.ui import charts, confirm, strip, tables, theme
from desk.ui.escape import md
from desk.ui.expiry_chart import expiry_ladder
from desk.ui.formats import Formats
from desk.ui.steps import Rung, describe_ladder, ladder_finding
from desk.ui.words import Tone, Words, coupon_reason, coupon_state, effect, outcome, session_state, trouble
from talon_client.errors import NotFound, OutcomeUnknown, ServerError, Timeout
from tests.ui.awkward import AWKWARD, mixtures

NOW = datetime(2025, 11, 25, 13, 5, 12, tzinfo=UTC)
FORMATS = Formats("de-DE" if st.query_params.get("locale") == "de" else "en-GB", "EUR", "Europe/Berlin")
DEMO = theme.Mark("Demo shop", theme.Environment.DEMO)
LIVE = theme.Mark("Shop EU", theme.Environment.LIVE)
SANDBOX = theme.Mark("Shop EU test", theme.Environment.SANDBOX)


def history(count: int) -> list[charts.Step]:
    """A plausible history of `count` changes that ends today."""
    steps: list[charts.Step] = []
    active = Decimal(0)
    for number in range(count):
        at = NOW - timedelta(days=(count - number) * (700 / count))
        kinds = [
            charts.Kind.EARNED,
            charts.Kind.EARNED,
            charts.Kind.SPENT,
            charts.Kind.EARNED,
            charts.Kind.EXPIRED,
        ]
        kind = kinds[number % 5]
        amount = Decimal(40 + number * 37 % 90)
        if kind not in (charts.Kind.EARNED,):
            amount = -min(active, amount)
        active += amount
        steps.append(charts.Step(at, active, kind, amount, f"order ORD-{1000 + number}"))
    return steps


def ahead(active: Decimal) -> list[charts.Step]:
    """What comes without further orders."""
    return [
        charts.Step(
            NOW + timedelta(days=3), active + 40, charts.Kind.ACTIVATED, Decimal(40), "order ORD-1042"
        ),
        charts.Step(
            NOW + timedelta(days=40), active - 60, charts.Kind.EXPIRED, Decimal(-100), "order ORD-1001"
        ),
        charts.Step(
            NOW + timedelta(days=75), active - 110, charts.Kind.EXPIRED, Decimal(-50), "order ORD-1003"
        ),
    ]


@st.cache_resource
def counter() -> tuple[threading.Lock, list[str]]:
    """What was confirmed, over all runs and sessions of this process."""
    return threading.Lock(), []


def ordinary() -> None:
    """A customer's points page as it should look."""
    theme.band(DEMO)
    strip.customer_strip(
        "cust-1042",
        DEMO,
        NOW,
        FORMATS,
        name="A••• L•••••",
        facts=("12 closed orders", "last active 3 days ago"),
    )
    strip.answer(
        f"{FORMATS.points(Decimal(1250))} points can be spent now."
        f" 40 more from {FORMATS.day(NOW + timedelta(days=3))}.",
        "In Shop points, main ledger. Gold tier until Wed 31 Dec 2025.",
    )
    strip.figures(
        [
            strip.Figure("Active", FORMATS.points(Decimal("1250")), Tone.ACTIVE, "can be spent now"),
            strip.Figure("Pending", FORMATS.points(Decimal("40")), Tone.PENDING, "from Fri 28 Nov"),
            strip.Figure("Spent", FORMATS.points(Decimal("640")), Tone.SPENT, "in 3 orders"),
            strip.Figure("Expired", FORMATS.points(Decimal("120")), Tone.EXPIRED, "on 3 May 2025"),
        ]
    )
    steps = history(60)
    later = ahead(steps[-1].active)
    charts.show(
        charts.point_history(steps, later, NOW, FORMATS),
        charts.describe(steps, later, NOW, FORMATS),
        key="history",
    )
    rungs = [
        Rung(NOW + timedelta(weeks=n), label, Decimal(amount))
        for n, (label, amount) in enumerate(
            [("1–7 Dec", 100), ("8–14 Dec", 0), ("15–21 Dec", 50), ("22–28 Dec", 320)]
        )
    ]
    title = ladder_finding(rungs, FORMATS)
    charts.show(expiry_ladder(rungs, FORMATS), describe_ladder(rungs, FORMATS, title), key="ladder")
    ledger("ledger", 40)


KINDS = {
    charts.Kind.EARNED: Words("Earned", "addition", Tone.ACTIVE),
    charts.Kind.SPENT: Words("Spent", "subtraction", Tone.SPENT),
    charts.Kind.EXPIRED: Words("Expired", "", Tone.EXPIRED),
}


def ledger(key: str, count: int) -> None:
    """A ledger with links."""
    columns = [
        tables.Column("When", "moment"),
        tables.Column("What", "badge"),
        tables.Column("Change", "change"),
        tables.Column("Balance after", "points", "Active points at that instant"),
        tables.Column("Order", "link"),
        tables.Column("Reason"),
    ]
    rows = [
        (s.at, KINDS[s.kind], s.amount, s.active, s.label.removeprefix("order "), "10 points per euro")
        for s in reversed(history(count))
    ]
    tables.show(
        columns,
        rows,
        FORMATS,
        key=key,
        alt="Ledger of Shop points",
        on_open=lambda row: st.session_state.update(opened=f"opened {rows[row][4]}"),
    )
    if "opened" in st.session_state:
        strip.nothing(st.session_state["opened"], key="opened")


def parts() -> None:
    """Troubles, badges, words, the empty state."""
    theme.band(LIVE)
    theme.band(SANDBOX)
    strip.empty_state(
        "Who is on the phone?",
        ["Paste a customer id, an order number, a coupon code or a card number."],
        [
            strip.Example("cust-1042", "points pending until Friday"),
            strip.Example("ORD-10023", "returned twice"),
            strip.Example("WELCOME10", "a coupon that is refused"),
        ],
    )
    for number, error in enumerate(
        [
            NotFound(
                "not found",
                status=404,
                operation="get_customer_inventory",
                attempts=1,
                message="profile x not found",
            ),
            ServerError("failed", status=503, operation="get_loyalty_balances", attempts=3),
            OutcomeUnknown(Timeout("timed out"), operation="return_cart_items", attempts=1),
        ]
    ):
        strip.trouble(trouble(error, "the customer “cust-1042”"), key=f"t{number}")
    done = outcome("done")
    strip.panel(
        "Returned 1 item. " + done.text + ".",
        "As previewed: 120 points were taken back.",
        done.tone,
        key="done",
    )
    with st.container(horizontal=True):
        for words in (session_state("closed"), session_state("open"), session_state("partially_returned")):
            theme.badge(words)
        for state in ("active", "used", "expired", "pending", "disabled", "frozen"):
            theme.badge(coupon_state(state))
    reason = coupon_reason("CouponReservationRequired")
    st.markdown(theme.word_md(reason))
    made = effect("addLoyaltyPoints", {"value": 120.5, "programId": 1, "name": "10 per euro"}, FORMATS)
    st.markdown(theme.word_md(made))
    strip.reply(reason.customer)
    strip.nothing("No reservations.")
    tables.show([tables.Column("Code")], [], FORMATS, key="none", alt="Coupons", one="coupon")
    ledger("long-ledger", 2500)
    charts.show(
        charts.point_history([], [], NOW, FORMATS), charts.describe([], [], NOW, FORMATS), key="empty-history"
    )
    long = history(5000)
    charts.show(
        charts.point_history(long, [], NOW, FORMATS),
        charts.describe(long, [], NOW, FORMATS),
        key="long-history",
    )


def awkward() -> None:
    """Customer text that tries to be something else."""
    strip.customer_strip(AWKWARD[0], LIVE, NOW, FORMATS, name=AWKWARD[1], key="awkward")
    strip.answer(AWKWARD[2], AWKWARD[3])
    strip.figures([strip.Figure(AWKWARD[4], AWKWARD[5], Tone.NEGATIVE, AWKWARD[6])])
    for number, text in enumerate([*AWKWARD, *mixtures(120)]):
        with st.container(key=f"awkward-{number}"):
            st.markdown(md(text))
    with st.container(horizontal=True, key="awkward-badges"):
        for text in AWKWARD:
            theme.badge(text, Tone.SPENT)


def confirming() -> None:
    """A confirmation that counts how often it ran."""
    lock, done = counter()

    def change(answers: confirm.Answers) -> str:
        gate = threading.Event()
        gate.wait(0.6)  # slow enough for a second click to arrive
        with lock:
            done.append(answers.reason)
            return f"Returned 1 item ({len(done)} in all)"

    st.button(
        "Return 1 item …",
        key="desk-confirm-return-open",
        on_click=confirm.open_dialog,
        args=("return",),
    )
    confirm.confirmation(
        "return",
        confirm.Ask("Return 1 item of ORD-1042", "Return 1 item", LIVE, reasons=(("goodwill", "Goodwill"),)),
        lambda: strip.figures([strip.Figure("Active", "1,250 → 1,130", Tone.NEGATIVE, "−120")]),
        change,
        lambda text: strip.panel(text, "As previewed.", Tone.ACTIVE, key="returned"),
    )


st.set_page_config(page_title="Gallery", layout="wide")
theme.apply()
SHOWN = {"ordinary": ordinary, "parts": parts, "awkward": awkward, "confirm": confirming}
SHOWN[st.query_params.get("show", "ordinary")]()
charts.warm_up()
