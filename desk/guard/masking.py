"""Personal attributes as the desk shows them: enough to recognise a customer by, not enough to copy."""

import re
from collections.abc import Mapping

DOTS = "•••"
# Names of attributes that usually hold personal data, in the spellings that shops use.
PERSONAL = re.compile(
    r"name|mail|phone|mobile|tel(efon|ephone)?$|street|address|zip|post_?code|city|birth|dob|iban|passport|ssn",
    re.IGNORECASE,
)
_NAMES = ("Name", "name", "FirstName", "firstName", "first_name", "LastName", "lastName", "last_name")


def is_personal(attribute: str) -> bool:
    """Whether an attribute of this name is masked."""
    return bool(PERSONAL.search(attribute))


def mask(value: object) -> str:
    """The first character of each part and dots: `M••• G•••`, `m•••@e•••.com`. Never longer than it helps."""
    text = str(value).strip()
    if not text:
        return ""
    if "@" in text:
        local, _, domain = text.rpartition("@")
        host, dot, end = domain.rpartition(".")
        return f"{local[:1]}{DOTS}@{host[:1]}{DOTS}{dot}{end}"
    return " ".join(f"{part[0]}{DOTS}" for part in text.split()[:4])


def masked(attributes: Mapping[str, object]) -> dict[str, object]:
    """The attributes with personal ones masked; the rest as the API gave it."""
    return {
        name: mask(value) if is_personal(name) and value is not None else value
        for name, value in attributes.items()
    }


def masked_name(attributes: Mapping[str, object]) -> str:
    """The customer's name, masked; empty when no attribute looks like one."""
    found = [str(attributes[name]) for name in _NAMES if isinstance(attributes.get(name), str)]
    return mask(" ".join(dict.fromkeys(found))) if found else ""
