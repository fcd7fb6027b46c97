"""Masking: what of a customer's attributes may be read at a glance, and what only shows that it is there."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from desk.policy import Policy

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
_PHONE = re.compile(r"\+\d(?:[\s()./-]{0,3}\d){6,}")
_DIGITS = re.compile(r"\d")
_SETTING = ("updateAttribute", "set")
"""Effects that set an attribute to a value."""


class Shown(NamedTuple):
    """One attribute as it may be shown: `text` is plain text, `masked` says that it is not the real value."""

    name: str
    text: str
    masked: bool


@dataclass(frozen=True)
class Masking:
    """What counts as personal at this desk: the words above, and the company's own patterns for names.

    A value that is an e-mail address or a phone number is masked whatever its name is.
    """

    personal: tuple[re.Pattern[str], ...] = ()
    not_personal: tuple[re.Pattern[str], ...] = ()

    @classmethod
    def of(cls, policy: Policy) -> "Masking":
        """As the table `[desk]` says."""
        return cls(_patterns(policy.personal), _patterns(policy.not_personal))

    def is_personal(self, name: str, value: object) -> bool:
        """Whether an attribute is about a person, by its name or by its value."""
        return self._named(name) or _telling(value)

    def attributes(self, values: Mapping[str, object]) -> tuple[Shown, ...]:
        """All attributes by name, personal ones masked. Lists and objects are shown as their parts, masked alike;
        one with a masked part counts as masked."""
        ordered = sorted(values.items(), key=lambda item: item[0].casefold())
        return tuple(Shown(name, *self._shown(name, value)) for name, value in ordered)

    def value(self, name: str, value: object) -> str:
        """One attribute's value as it may be shown."""
        return self._shown(name, value)[0]

    def display_name(self, values: Mapping[str, object]) -> str:
        """The customer's name, masked ("M••• K•••"); empty where no attribute holds one."""
        spoken = {
            " ".join(_words(name)): self.value(name, value)
            for name, value in values.items()
            if isinstance(value, str) and value
        }
        for name in _NAMES:
            if name in spoken:
                return spoken[name]
        parts = [next((spoken[name] for name in names if name in spoken), "") for names in (_FIRST, _LAST)]
        return " ".join(part for part in parts if part)

    def props(self, effect: str | None, props: Mapping[str, object]) -> Mapping[str, object]:
        """The properties of an effect: an attribute that it sets is shown as any other is."""
        if effect not in _SETTING:
            return props
        name = str(props.get("path") or "").rpartition(".")[2]
        return {**props, "value": self._leaf(name, props.get("value"))}

    def body(self, content: bytes | None) -> bytes | None:
        """A request's JSON body with the attributes in it masked, to be shown; other bodies as they are."""
        try:
            found = json.loads(content or b"")
        except ValueError:
            return content
        shown = self.tree(found)
        return content if shown == found else json.dumps(shown, ensure_ascii=False).encode()

    def tree(self, value: object) -> object:
        """JSON of the API with everything masked that stands under an `attributes` in it."""
        if isinstance(value, Mapping):
            return {name: self._branch(name, each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.tree(each) for each in value]
        return value

    def _branch(self, name: str, value: object) -> object:
        if name != "attributes" or not isinstance(value, Mapping):
            return self.tree(value)
        return {each: self._leaf(each, inner) for each, inner in value.items()}

    def _leaf(self, name: str, value: object) -> object:
        text, masked = self._shown(name, value)
        return text if masked else value

    def _named(self, name: str) -> bool:
        if any(each.search(name) for each in self.personal):
            return True
        if any(each.search(name) for each in self.not_personal):
            return False
        words = _words(name)
        return bool(PERSONAL.intersection(words)) or "".join(words) in PERSONAL

    def _shown(self, name: str, value: object) -> tuple[str, bool]:
        """The text for a value under that name, and whether anything of it is hidden."""
        if self.is_personal(name, value):
            return mask(value), True
        if isinstance(value, Mapping):
            parts = self.attributes({str(key): each for key, each in value.items()})
            return ", ".join(f"{each.name}: {each.text}" for each in parts), any(
                each.masked for each in parts
            )
        if isinstance(value, list | tuple):
            shown = [self._shown("", each) for each in value]
            return ", ".join(text for text, _ in shown), any(masked for _, masked in shown)
        return plain(value), False


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


def plain(value: object) -> str:
    """A value as people read it, with nothing hidden: for what was revealed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        ordered = sorted(value.items(), key=lambda item: str(item[0]).casefold())
        return ", ".join(f"{name}: {plain(each)}" for name, each in ordered)
    if isinstance(value, list | tuple):
        return ", ".join(plain(each) for each in value)
    return str(value)


def _patterns(given: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(each, re.IGNORECASE) for each in given)


def _telling(value: object) -> bool:
    """Whether a value is, or holds, an e-mail address or an international phone number."""
    return isinstance(value, str) and bool(_MAIL.search(value) or _PHONE.search(value))


def _words(name: str) -> list[str]:
    return [word.casefold() for word in _WORDS.findall(name)]


def _first(word: str) -> str:
    """The first letter of a word; nothing of a word that begins with anything else (markup, a sign)."""
    return word[0] if word[:1].isalpha() else ""
