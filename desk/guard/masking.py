"""Masking: what of a customer's attributes may be read at a glance, and what only shows that it is there."""

import re
from collections.abc import Mapping
from typing import NamedTuple

MASK = "•••"

# Attribute names are the shop's own; these words say that a field is about a person. Matched on whole words of
# "billingAddress", "first_name" or "E-mail", so that "nameDayBonus" hides too much rather than too little.
PERSONAL = frozenset(
    (
        *("name", "firstname", "lastname", "fullname", "surname", "forename", "nickname", "username"),
        *("email", "mail", "phone", "telephone", "tel", "mobile", "cell", "fax"),
        *("address", "street", "postcode", "zip", "zipcode", "postal", "latitude", "longitude", "ip"),
        *("birth", "birthday", "birthdate", "dob", "born"),
        *("iban", "bic", "account", "passport", "tax", "vat", "ssn"),
    )
)
_NAMES = ("name", "fullname", "full name", "display name")
_FIRST = ("first name", "firstname", "given name", "forename")
_LAST = ("last name", "lastname", "family name", "surname")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+")
_DIGITS = re.compile(r"\d")
_PHONE_LENGTH = 7


class Shown(NamedTuple):
    """One attribute as it may be shown: `text` is plain text, `masked` says that it is not the real value."""

    name: str
    text: str
    masked: bool


def is_personal(name: str, value: object) -> bool:
    """Whether an attribute is about a person: by its name, or because its value is an e-mail address or a phone
    number whatever it is called."""
    words = _words(name)
    if PERSONAL.intersection(words) or "".join(words) in PERSONAL:
        return True
    if not isinstance(value, str):
        return False
    if _MAIL.search(value):
        return True
    digits = len(_DIGITS.findall(value))
    return value.lstrip().startswith("+") and digits >= _PHONE_LENGTH


def mask(value: object) -> str:
    """What stands in place of a personal value: the first letter of each word of a text, and nothing else."""
    if not isinstance(value, str):
        return MASK
    if _MAIL.search(value):
        return f"{_first(value)}{MASK}@{MASK}"
    words = value.split()
    if len(words) > 4 or _DIGITS.search(value):
        return MASK
    return " ".join(f"{_first(word)}{MASK}" for word in words) or MASK


def attributes(values: Mapping[str, object]) -> tuple[Shown, ...]:
    """All attributes by name, personal ones masked. Lists and objects are shown as their parts, masked alike."""
    return tuple(
        Shown(name, mask(value), True) if is_personal(name, value) else Shown(name, _plain(value), False)
        for name, value in sorted(values.items(), key=lambda item: item[0].casefold())
    )


def display_name(values: Mapping[str, object]) -> str:
    """The customer's name, masked ("M••• K•••"); empty where no attribute holds one."""
    spoken = {" ".join(_words(name)): value for name, value in values.items() if isinstance(value, str)}
    for name in _NAMES:
        if spoken.get(name):
            return mask(spoken[name])
    parts = [next((spoken[name] for name in names if spoken.get(name)), "") for names in (_FIRST, _LAST)]
    return " ".join(mask(part) for part in parts if part)


def _words(name: str) -> list[str]:
    return [word.casefold() for word in _WORDS.findall(name)]


def _first(word: str) -> str:
    """The first letter of a word; nothing of a word that begins with anything else (markup, a sign)."""
    return word[0] if word[:1].isalpha() else ""


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(
            f"{each.name}: {each.text}" for each in attributes({str(k): v for k, v in value.items()})
        )
    if isinstance(value, list | tuple):
        return ", ".join(mask(each) if is_personal("", each) else _plain(each) for each in value)
    return str(value)
