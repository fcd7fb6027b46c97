"""Texts that an agent copies to a customer: one file a language, each text checked when it is read, own ones on top."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

SHIPPED = Path(__file__).parent
FALLBACK = "en"
LONGEST = 4000

_ORDER = frozenset({"order"})
_POINTS = frozenset({"order", "points"})
_DATED = frozenset({"order", "points", "date"})
_SPAN = frozenset({"order", "points", "date", "last"})
PARTLY = "_partly"
"""What the name of a text ends with that is for a part of an order's points; `{total}` is all that it earned."""
PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "unit_one": frozenset({"n"}),
    "unit_many": frozenset({"n"}),
    "unknown_order": _ORDER,
    "open": _ORDER,
    "cancelled": _ORDER,
    "cancelled_back": _POINTS,
    "returned": _POINTS,
    "other_account": _ORDER,
    "guest": _ORDER,
    "rule_failed": _ORDER,
    "zero_total": _ORDER,
    "would_award": _ORDER,
    "no_row": _ORDER,
    "pending": _DATED,
    "pending_first": _SPAN,
    "waiting": _POINTS,
    "card": _POINTS,
    "subledger": _POINTS | {"ledger"},
    "spent": _DATED,
    "spent_for": _DATED | {"orders"},
    "spent_several": _SPAN | {"orders"},
    "spent_somewhere": _POINTS,
    "expired": _DATED,
    "expired_several": _SPAN,
    "there": _POINTS,
    "there_until": _DATED,
    "then_pending": _DATED,
    "then_waiting": _POINTS,
    "pending_partly": _DATED | {"total"},
    "pending_first_partly": _SPAN | {"total"},
    "waiting_partly": _POINTS | {"total"},
    "card_partly": _POINTS | {"total"},
    "subledger_partly": _POINTS | {"ledger", "total"},
    "spent_partly": _DATED | {"total"},
    "spent_for_partly": _DATED | {"orders", "total"},
    "spent_several_partly": _SPAN | {"orders", "total"},
    "spent_somewhere_partly": _POINTS | {"total"},
    "expired_partly": _DATED | {"total"},
    "expired_several_partly": _SPAN | {"total"},
    "also_pending": _DATED,
    "also_waiting": _POINTS,
    "also_spent": _POINTS,
    "also_expired": _DATED,
    "also_there": _POINTS,
    "also_taken_back": _POINTS,
    "also_undone": _POINTS,
    "also_ledger": _POINTS | {"ledger"},
    "also_cancelled": _ORDER,
}
"""Every text, and what may stand in its braces."""


class TemplateError(ValueError):
    """Texts that cannot be used: names the file, the text and what is wrong with each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Replies:
    """The texts by language; English is always complete."""

    languages: Mapping[str, Mapping[str, str]]

    def language(self, locale: str, name: str) -> str:
        """The language in which the text `name` is there for an Application's locale (`de-DE`), else English."""
        wanted = locale.replace("_", "-").partition("-")[0].lower()
        return wanted if name in self.languages.get(wanted, {}) else FALLBACK

    def has(self, language: str, name: str) -> bool:
        """Whether that language has the text itself."""
        return name in self.languages.get(language, {})

    def text(self, language: str, name: str, values: Mapping[str, str]) -> str:
        """The text with its braces filled, on one line; "" where that language does not have it."""
        template = self.languages.get(language, {}).get(name, "")
        return " ".join(template.format_map(values).split())


def load(folder: str | Path | None = None) -> Replies:
    """The shipped texts, with those of `folder` in their place. `TemplateError` names everything that is wrong."""
    problems: list[str] = []
    languages: dict[str, dict[str, str]] = {}
    for place in (SHIPPED, *([] if folder is None else [Path(folder)])):
        if not place.is_dir():
            problems.append(f"{place}: there is no such folder of replies.")
            continue
        for path in sorted(place.glob("*.toml")):
            languages.setdefault(path.stem.lower(), {}).update(_read(path, problems))
    missing = sorted(set(PLACEHOLDERS) - set(languages.get(FALLBACK, {})))
    if missing and not problems:
        problems.append(f"{FALLBACK}.toml lacks {', '.join(missing)}.")
    if problems:
        raise TemplateError(*problems)
    return Replies(languages)


def _read(path: Path, problems: list[str]) -> dict[str, str]:
    """The texts of one file; what is wrong with it goes to `problems`."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{path}: cannot be read: {error}.")
        return {}
    found: dict[str, str] = {}
    for name, text in table.items():
        wrong = _wrong(name, text)
        if wrong:
            problems.append(f"{path}: {name}: {wrong}")
        else:
            found[name] = text
    return found


def _wrong(name: str, text: object) -> str:
    """Why this cannot be the text of that name; "" when it can."""
    if name not in PLACEHOLDERS:
        return f"is not a text of the desk; there are {', '.join(PLACEHOLDERS)}."
    if not isinstance(text, str) or not text.strip():
        return "must be a text that says something."
    if len(text) > LONGEST:
        return f"is longer than {LONGEST} characters."
    allowed = PLACEHOLDERS[name]
    known = " ".join(f"{{{each}}}" for each in sorted(allowed))
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        return f"{error}. Braces stand for what is filled in ({known}); double them to mean a brace."
    for _, field, form, conversion in parts:
        if field is None:
            continue
        # Only the bare name: what format strings can do beyond it could reach into the program.
        if field not in allowed or form or conversion:
            return f"{{{field}}} cannot be filled in here; what can is {known}."
    return ""
