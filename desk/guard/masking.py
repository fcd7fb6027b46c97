"""Masking: what of a customer's attributes may be read at a glance, and what only shows that it is there."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from desk.insight.effects import is_known
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
# The same in words that are written as one ("dateofbirth", "phonenumber"): what stands at either end, or is all of it.
# "name" is more often a thing's than a person's, so that there it is said whose ("customername", not "campaignname").
_ENDS = "birth|phone|address|email|postal|postcode|zipcode|street|iban|passport|(?:credit|debit)card|socialsecurity"
_WHOSE = (
    "first|last|middle|given|family|maiden|full|display|real|legal|sur|fore|nick|user|customer|client|member|guest|buyer"
    "|contact|person|holder|owner|recipient|receiver|sender|billing|shipping|delivery|partner|spouse|parent|child|birth"
)
_NUMBERED = "mobile|cell|tel|fax|account|tax|vat|ssn|card"
_COMPOUND = re.compile(
    rf"^(?:{_ENDS})|(?:{_ENDS})$|(?:{_WHOSE})name$|^(?:{_NUMBERED})(?:number|num|no|nr)$"
    r"|^bank(?:account|details)|^account(?:holder|owner)|^cardholder|^born(?:on|at|in)$"
)
_INNOCENT = re.compile("(?:smart|head|micro|ear)phone|street(?:wear|food|style)")
_NAMES = ("name", "fullname", "full name", "display name", "displayname", "customername")
_FIRST = ("first name", "firstname", "given name", "givenname", "forename")
_LAST = ("last name", "lastname", "family name", "familyname", "surname")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+")
_PHONE = re.compile(r"\+\d(?:[\s()./-]{0,3}\d){6,}")
_DIGITS = re.compile(r"\d")
_SETTING = ("updateAttribute", "set")
"""Effects that set an attribute to a value."""
_OWN = "customEffect"
"""The shop's own effect: what is in its payload, only the shop knows."""
_IDS = re.compile(r"(?:^id|I[dD]|UUID|Identifier)s?$")
_CODES = ("value", "couponValue", "code", "sku")
"""Props of known effects that name a thing: a code with an @ in it is none the less a code."""


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
        """The properties of an effect: an attribute that it sets is shown as any other is, and so is the payload of the
        shop's own effect. Elsewhere names are the API's, and addresses are masked in the texts; ids and codes stay."""
        if effect in _SETTING:
            name = str(props.get("path") or "").rpartition(".")[2]
            return {**props, "value": self._leaf(name, props.get("value"))}
        known = is_known(effect)
        kept = _CODES if known else ()
        return {
            name: each if name in kept else self._prop(name, each, known, own=effect == _OWN)
            for name, each in props.items()
        }

    def _prop(
        self, name: str, value: object, known: bool, *, own: bool = False, inner: bool = False
    ) -> object:
        if _IDS.search(name) and not isinstance(value, Mapping):
            return value
        if self._named(name) if own and inner else not known and self._named(name, of_whom=True):
            return mask(value)
        if isinstance(value, Mapping):
            return {
                str(key): self._prop(str(key), each, known, own=own, inner=True)
                for key, each in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._prop("", each, known, own=own, inner=True) for each in value]
        return _without_addresses(value) if isinstance(value, str) else value

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

    def _named(self, name: str, *, of_whom: bool = False) -> bool:
        """`of_whom`: a name alone does not count, only one that is said to be a person's."""
        if any(each.search(name) for each in self.personal):
            return True
        if any(each.search(name) for each in self.not_personal):
            return False
        words = _words(name)
        found = PERSONAL.intersection(words) - ({"name"} if of_whom else set())
        return bool(found) or any(map(_compound, (*words, "".join(words))))

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


def _without_addresses(text: str) -> str:
    """A text with the addresses and phone numbers in it masked."""
    return _PHONE.sub(MASK, _MAIL.sub(lambda found: mask(found[0]), text))


def _compound(word: str) -> bool:
    """Whether a word that is written as one is about a person."""
    return word in PERSONAL - {"name"} or bool(_COMPOUND.search(_INNOCENT.sub("", word)))


def _words(name: str) -> list[str]:
    return [word.casefold() for word in _WORDS.findall(name)]


def _first(word: str) -> str:
    """The first letter of a word; nothing of a word that begins with anything else (markup, a sign)."""
    return word[0] if word[:1].isalpha() else ""
