"""Customers whose ids and attributes are hard on whoever shows them."""

from datetime import datetime
from decimal import Decimal

from ..people import Person
from ..scenario import Scenario
from ..shop import cart
from ..stage import Life, Stage

RIGHT_TO_LEFT = "\u0646\u0648\u0631\u0627.\u0627\u0644\u0639\u0631\u0628\u064a"
EMOJI = "🎉party🧦"
LONG = "long." + "x" * 250
SLASHED = "acme/100%?#..&+;= q"

# Nothing of this may ever be more than text on a page, in a file or in a log.
HOSTILE: dict[str, object] = {
    "Name": "<script>alert(1)</script><b>Bobby</b>",
    "Email": '=HYPERLINK("http://example.com","click")@example.com',
    "City": "[a link](javascript:alert(1)) ![image](http://example.com/x.png)",
    "Country": "DE",
    "Note": ":red[**bold**] $\\frac{1}{2}$ `code` {{7*7}} %s @SUM(A1) +1\t| <img src=x onerror=alert(1)>",
}


def scenarios(stage: Stage) -> list[Scenario]:
    """Right to left, emoji, 255 characters, separators in ids, markup in attributes."""
    about = {
        RIGHT_TO_LEFT: ("Nora's id and name are written from right to left.", "نورا العربي"),
        EMOJI: ("An id of emoji.", "Party 🎉 People 👩‍👩‍👧‍👦"),
        LONG: ("An id of 255 characters.", "N" * 255),
        SLASHED: ("An id that holds / % ? # and a space.", "Acme 100% GmbH & Co. / Sons"),
        "bobby.markup": ("Attributes that are markup, formulas and links.", ""),
    }
    return [
        Scenario(
            profile_id,
            "profile",
            story,
            "Everything is shown as the text that it is; the customer opens like any other.",
            (f"ORD-1020{number}",),
            (_somebody(stage, profile_id, name, f"ORD-1020{number}"),),
        )
        for number, (profile_id, (story, name)) in enumerate(about.items(), start=1)
    ]


def _somebody(stage: Stage, profile_id: str, name: str, order: str) -> Life:
    since: datetime = stage.ago(33, 9)
    yield since
    attributes: dict[str, object] = HOSTILE
    if name:
        attributes = {"Name": name, "Email": "someone@example.com", "City": "Berlin"}
    stage.profile(Person(profile_id, attributes))
    yield stage.ago(30, 9)
    awkward = {"sku": "A/B %?#", "name": '"Mug" <i>XL</i> =1+1', "category": "Home", "price": Decimal("9.95")}
    stage.session(order, profile_id, [{**awkward, "quantity": 1}, *cart(("ACC-102", 1))])
