"""What to write to a customer whose points are missing: which text, and what goes into its braces. No Streamlit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from desk.applications import Application
from desk.insight.days import day_of
from desk.insight.missing_fates import Brought, Fate, Part
from desk.insight.missing_verdict import Missing, Verdict
from desk.ui.formats import Formats
from desk.ui.missing_words import zoned
from desk.ui.replies import PARTLY, Replies
from desk.ui.strip import formats_of

_ALSO = {
    Fate.ACTIVE: "also_there",
    Fate.PENDING: "also_pending",
    Fate.WAITING: "also_waiting",
    Fate.SPENT: "also_spent",
    Fate.EXPIRED: "also_expired",
    Fate.TAKEN_BACK: "also_taken_back",
}
_THEN = {Fate.PENDING: "then_pending", Fate.WAITING: "then_waiting"}


@dataclass(frozen=True, slots=True)
class _Text:
    """The name of a text, and its points, days and orders."""

    name: str
    points: Decimal = Decimal(0)
    days: Sequence[date] = ()
    orders: Sequence[str] = ()
    ledger: str = ""
    total: Decimal = Decimal(0)
    """What the order earned in this ledger, where that is more than `points`."""


def reply(found: Missing, application: Application, replies: Replies) -> str:
    """The reply for a finding, in the language of the Application's locale; "" where nothing can be said yet. Numbers
    follow that locale, and days are those of the program's zone, as on the page. It names no rule, no profile and no
    other customer's order."""
    formats = zoned(found, application, formats_of(application))
    first, more = _texts(found, formats)
    if first is None:
        return ""
    language = replies.language(application.locale, first.name)
    if first.total and replies.has(language, f"{first.name}{PARTLY}"):
        first = replace(first, name=f"{first.name}{PARTLY}")
    said = [
        replies.text(language, text.name, _values(found, text, language, replies, formats))
        for text in (first, *more)
    ]
    return " ".join(filter(None, said))


def _values(
    found: Missing, text: _Text, language: str, replies: Replies, formats: Formats
) -> Mapping[str, str]:
    def counted(amount: Decimal) -> str:
        unit = "unit_one" if amount == 1 else "unit_many"
        return replies.text(language, unit, {"n": formats.points(amount)}) or formats.points(amount)

    days = [written(day, language, formats.locale) for day in text.days]
    return {
        "order": found.session.id or found.question.session_id,
        "points": counted(text.points),
        "total": counted(text.total),
        "date": days[0] if days else "",
        "last": days[-1] if days else "",
        "orders": ", ".join(text.orders),
        "ledger": text.ledger,
    }


def written(day: date, language: str, locale: str) -> str:
    """`28 November 2025`: in the language of the text, in the way of the locale's country."""
    territory = locale.replace("-", "_").partition("_")[2]
    for candidate in (f"{language}_{territory}", language, "en_GB"):
        try:
            return str(format_date(day, "long", locale=Locale.parse(candidate)))
        except (UnknownLocaleError, ValueError):
            continue
    return day.isoformat()


def _texts(found: Missing, formats: Formats) -> tuple[_Text | None, list[_Text]]:
    """The text of the verdict, and those of the rest of the same ledger and of other ones."""
    verdict, main, fate = found.verdict, found.main, found.fate
    if verdict is None:
        return None, []
    if verdict is Verdict.OTHER_ACCOUNT and not found.session.profile_id:
        return _Text("guest"), []
    cancelled = found.session.state == "cancelled"
    if cancelled and all(each.gone for each in found.brought):
        return _Text("cancelled"), []
    if found.zero_total:
        return _Text("zero_total"), []
    if main is None or fate is None:
        return _Text(verdict.value), []
    if verdict is Verdict.ROLLED_BACK:
        first = _Text("cancelled_back" if cancelled else "returned", found.amount)
    else:
        first = _of_ledger(verdict, main, fate, formats)
    more = []
    if verdict is Verdict.ELSEWHERE and fate in _THEN:
        more.append(_Text(_THEN[fate], found.amount, _days(main.of(fate), formats)))
    for other in Fate:
        reopened = other is Fate.TAKEN_BACK and found.session.state == "closed"
        if other is not fate and not reopened and main.total(other) and first.points < main.awarded:
            name = "also_undone" if cancelled and other is Fate.TAKEN_BACK else _ALSO[other]
            rest = _Text(name, main.total(other), _days(main.of(other), formats))
            first = replace(first, total=(first.total or first.points) + rest.points)
            more.append(rest)
    more += [
        _Text("also_ledger", each.awarded, ledger=each.purse.subledger)
        for each in found.others
        if each.purse.subledger and not each.purse.card and not each.gone
    ]
    return first, [*more, *([_Text("also_cancelled")] if found.though_cancelled else [])]


def _of_ledger(verdict: Verdict, main: Brought, fate: Fate, formats: Formats) -> _Text:
    parts, amount = main.of(fate), main.total(fate)
    days = _days(parts, formats)
    if verdict is Verdict.SPENT:
        return _spent(main, amount, days)
    if verdict is Verdict.THERE:
        days = _dates([part.expires for part in parts], formats)
        certain = len(days) == 1 and all(part.expires for part in parts)
        return _Text("there_until" if certain else "there", amount, days)
    name = {
        Verdict.ELSEWHERE: "card" if main.purse.card else "subledger",
        Verdict.PENDING: "pending" if len(days) == 1 else "pending_first",
        Verdict.EXPIRED: "expired" if len(days) == 1 else "expired_several",
    }
    return _Text(name.get(verdict, verdict.value), amount, days, ledger=main.purse.subledger)


def _spent(main: Brought, amount: Decimal, days: Sequence[date]) -> _Text:
    parts = main.of(Fate.SPENT)
    orders = tuple(dict.fromkeys(part.by.session for part in parts if part.by and part.by.session))
    if main.purse.card:
        orders = ()  # of a card that several people hold they may be somebody else's
    if any(part.at is None for part in parts) or not days:
        return _Text("spent_somewhere", amount)
    if len(days) == 1:
        return _Text("spent_for" if len(orders) == 1 else "spent", amount, days, orders)
    return _Text("spent_several" if orders else "spent_somewhere", amount, days, orders)


def _days(parts: Sequence[Part], formats: Formats) -> list[date]:
    return _dates([part.at for part in parts], formats)


def _dates(moments: Sequence[datetime | None], formats: Formats) -> list[date]:
    """The days of these instants in the zone of `formats`, each once, earliest first."""
    return sorted({day_of(each, formats.tz) for each in moments if each is not None})
