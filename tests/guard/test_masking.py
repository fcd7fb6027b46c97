"""Masking: what is about a person shows that it is there, and no more."""

import pytest

from desk.guard import masking


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
    ],
)
def test_personal_fields_are_known_by_the_words_of_their_names(name: str) -> None:
    assert masking.is_personal(name, "whatever")


@pytest.mark.parametrize(
    "name", ["Country", "favouriteColour", "tier", "orders", "shippingMethod", "lastOrder"]
)
def test_other_fields_are_not(name: str) -> None:
    assert not masking.is_personal(name, "blue")


def test_an_address_or_number_is_personal_whatever_its_field_is_called() -> None:
    assert masking.is_personal("note", "write to maria@example.com")
    assert masking.is_personal("contact", "+49 170 1234567")
    assert not masking.is_personal("points", "1234567")


def test_masked_values_keep_first_letters_only() -> None:
    assert masking.mask("Maria Keller") == "M••• K•••"
    assert masking.mask("maria@example.com") == "m•••@•••"
    assert masking.mask("Hauptstr. 5") == "•••"
    assert masking.mask(19800117) == "•••"
    assert masking.mask("") == "•••"
    assert masking.mask("<script>alert(1)</script>") == "•••"


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
    assert shown["vip"].text == "yes"
    assert shown["age"].text == "41"


def test_the_display_name_is_found_in_one_field_or_two() -> None:
    assert masking.display_name({"Name": "Zoé Dubois"}) == "Z••• D•••"
    assert masking.display_name({"firstName": "Zoé", "last_name": "Dubois"}) == "Z••• D•••"
    assert masking.display_name({"colour": "red"}) == ""
