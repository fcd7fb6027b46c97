"""Masking: what is about a person shows that it is there, and no more."""

import pytest

from desk.guard.masking import Masking, mask, plain
from desk.policy import Policy

masking = Masking()


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Name",
            "firstName",
            "last_name",
            "EMAIL",
            "e-mail",
            "billingAddress",
            "Phone number",
            "date_of_birth",
        ),
        *("DOB", "postCode", "Zip", "IBAN", "mobilePhone", "userName"),
        *(
            "dateofbirth",
            "birthplace",
            "phonenumber",
            "givenname",
            "familyname",
            "displayname",
            "customername",
        ),
        *(
            "middlename",
            "username",
            "mobilenumber",
            "postalcode",
            "homeaddress",
            "streetaddress",
            "emailaddress",
        ),
        *(
            "bankaccount",
            "accountnumber",
            "creditcard",
            "creditCardNumber",
            "cardholder",
            "billingname",
            "taxno",
        ),
    ],
)
def test_personal_fields_are_known_by_the_words_of_their_names(name: str) -> None:
    assert masking.is_personal(name, "whatever")


@pytest.mark.parametrize(
    "name",
    [
        *("Country", "favouriteColour", "tier", "orders", "shippingMethod", "lastOrder"),
        *(
            "filename",
            "campaignname",
            "rulename",
            "productname",
            "storename",
            "tiername",
            "brandname",
            "eventname",
        ),
        *(
            "smartphone",
            "headphones",
            "streetwear",
            "automobile",
            "mobileapp",
            "taxi",
            "hotel",
            "arabic",
            "newborn",
        ),
        *(
            "accounttype",
            "displaymode",
            "familysize",
            "customertier",
            "vatrate",
            "cardtype",
            "cellar",
            "telemetry",
        ),
    ],
)
def test_other_fields_are_not(name: str) -> None:
    assert not masking.is_personal(name, "blue")


def test_an_address_or_number_is_personal_whatever_its_field_is_called() -> None:
    assert masking.is_personal("note", "write to maria@example.com")
    assert masking.is_personal("contact", "+49 170 1234567")
    assert not masking.is_personal("points", "1234567")
    assert not masking.is_personal("delta", "+12 +34 +567")


def test_masked_values_keep_first_letters_only() -> None:
    assert mask("Maria Keller") == "M••• K•••"
    assert mask("maria@example.com") == "m•••@•••"
    assert mask("Hauptstr. 5") == "•••"
    assert mask(19800117) == "•••"
    assert mask("") == "•••"
    assert mask("<script>alert(1)</script>") == "•••"


def test_nothing_of_a_personal_value_stays_in_what_is_shown() -> None:
    values = {
        "Name": "Maria Keller",
        "contacts": ["maria@example.com", "blue"],
        "delivery": {"street": "Ringweg", "city": "Berlin"},
        "vip": True,
        "age": 41,
    }
    shown = {each.name: each for each in masking.attributes(values)}
    assert shown["Name"].masked
    assert "maria" not in shown["contacts"].text
    assert "blue" in shown["contacts"].text
    assert shown["delivery"].text == "city: Berlin, street: R•••"
    assert (shown["contacts"].masked, shown["delivery"].masked, shown["vip"].masked) == (True, True, False)
    assert shown["vip"].text == "yes"
    assert shown["age"].text == "41"


def test_the_display_name_is_found_in_one_field_or_two() -> None:
    assert masking.display_name({"Name": "Zoé Dubois"}) == "Z••• D•••"
    assert masking.display_name({"firstName": "Zoé", "last_name": "Dubois"}) == "Z••• D•••"
    assert masking.display_name({"givenname": "Zoé", "familyname": "Dubois"}) == "Z••• D•••"
    assert masking.display_name({"colour": "red"}) == ""


def test_the_policy_adds_names_and_takes_names_away() -> None:
    policy = Policy(personal=("^loyalty.?note$",), not_personal=("favourite", "^(first)?name$"))
    ours = Masking.of(policy)
    assert ours.is_personal("LoyaltyNote", "blue")
    assert not ours.is_personal("favouriteAddress", "Berlin")
    assert ours.is_personal("favouriteAddress", "maria@example.com"), "what is an address stays one"
    assert ours.is_personal("lastName", "Keller")
    assert ours.display_name({"firstName": "Maria", "lastName": "Keller"}) == "Maria K•••"


def test_a_pattern_for_personal_beats_one_against() -> None:
    assert Masking.of(Policy(personal=("note",), not_personal=("note",))).is_personal("Note", "x")


def test_what_an_effect_sets_is_masked_like_the_attribute() -> None:
    props = {"path": "Profile.Attributes.Email", "value": "maria@example.com"}
    assert masking.props("updateAttribute", props) == {**props, "value": "m•••@•••"}
    assert masking.props("set", {"path": "Profile.Attributes.Name", "value": "Keller"})["value"] == "K•••"
    assert masking.props("updateAttribute", {"path": "Profile.Tier", "value": 3})["value"] == 3
    assert masking.props("setDiscount", {"name": "Name day", "value": 3})["name"] == "Name day"


MARIA, PHONE = "maria@example.com", "+49 170 1234567"


@pytest.mark.parametrize(
    ("kind", "props", "shown"),
    [
        (
            "sendMail",
            {"email": "maria at home", "to": [MARIA], "rewardName": "Mug", "customerName": "Maria", "userIds": [MARIA]},
            {"email": "m••• a••• h•••", "to": ["m•••@•••"], "rewardName": "Mug", "customerName": "M•••",
             "userIds": [MARIA]},
        ),
        (
            "showNotification",
            {"title": "Thanks", "body": f"sent to {MARIA}, or {PHONE}."},
            {"title": "Thanks", "body": "sent to m•••@••• or •••."},
        ),
        (
            "customEffect",
            {"name": "mail", "payload": {"email": "x", "name": "Maria", "cc": {"to": MARIA}, "points": 3}},
            {"name": "mail", "payload": {"email": "x•••", "name": "M•••", "cc": {"to": "m•••@•••"}, "points": 3}},
        ),
        (
            "addLoyaltyPoints",
            {"name": "Name day", "value": 3, "recipientIntegrationId": MARIA, "cardIdentifier": "a@b"},
            {"name": "Name day", "value": 3, "recipientIntegrationId": MARIA, "cardIdentifier": "a@b"},
        ),
        ("acceptCoupon", {"value": "20@HOME"}, {"value": "20@HOME"}),
        (None, {}, {}),
    ],
)  # fmt: skip
def test_addresses_in_any_effect_are_masked_and_ids_and_codes_are_not(
    kind: str | None, props: dict[str, object], shown: dict[str, object]
) -> None:
    assert masking.props(kind, props) == shown


def test_attributes_in_a_request_are_masked_and_nothing_else_is() -> None:
    body = (
        b'{"customerSession": {"profileId": "maria@example.com", "attributes": {"Street": "Ringweg", "Gift": true},'
        b' "cartItems": [{"name": "Tea", "sku": "T", "attributes": {"engraving": "call +49 170 1234567"}},'
        b' {"name": "Cup", "attributes": {"phone": "+49 170 1234567"}}]}}'
    )
    shown = (masking.body(body) or b"").decode()
    assert "Ringweg" not in shown
    assert "1234567" not in shown, "also inside a sentence"
    assert '"profileId": "maria@example.com"' in shown
    assert '"name": "Tea"' in shown
    untouched = b'{"attributes":{"Gift":true}}'
    assert masking.body(untouched) == untouched
    assert masking.body(None) is None
    assert masking.body(b"no json") == b"no json"


def test_what_was_revealed_is_the_value_itself() -> None:
    assert plain({"street": "Ringweg", "floor": 3, "lift": False}) == "floor: 3, lift: no, street: Ringweg"
    assert plain(["a", None, 2]) == "a, , 2"
