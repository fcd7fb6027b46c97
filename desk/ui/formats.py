"""Numbers, money and instants as people read them: exact, in the Application's locale, currency and zone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation, localcontext
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, format_decimal, get_currency_precision

from desk.insight.days import day_of, local

MISSING = (
    "—"  # what stands where the API sent nothing: an em dash, so that a column of figures stays a column
)
MINUS = "\N{MINUS SIGN}"
LONGEST = 60  # digits that are written out before the point, and after it
NO_DATE_BEFORE = 2  # the year: Go's zero time 0001-01-01 means "not set" (facts.md, Transport)

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Number = Decimal | int
Instant = datetime | str | None


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    """The Babel locale for `de-DE`, `de_DE` or `de`; English (UK) for a name nobody knows."""
    for candidate in (name.replace("-", "_"), name.replace("-", "_").split("_")[0], "en_GB"):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


@lru_cache(maxsize=64)
def zone_named(name: str) -> tzinfo:
    """The time zone `name` (IANA), or UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError; a folder is an OSError
        return UTC


def to_decimal(value: object) -> Decimal | None:
    """`value` as an exact Decimal, or None if it is no finite number. A JSON float is read by its shortest text."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def to_datetime(value: Instant) -> datetime | None:
    """`value` as an aware datetime, or None if it is missing, unparsable, Go's zero time or without a zone."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if value is None or value.tzinfo is None or value.year < NO_DATE_BEFORE:
        return None
    return value


def _plain(number: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent: 250.00 is 250, 1E+3 is 1000; minus zero is zero."""
    number = number.normalize()
    if number == 0:
        return Decimal(0)
    return Decimal(format(number, "f"))


def _written(value: Number, write: Callable[[Decimal], str]) -> str:
    """The text of a number, all digits exact, with a real minus sign. One that is none, or too long to be read, stands
    as it is."""
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or number.adjusted() > LONGEST or exponent < -LONGEST:
        return str(number).replace("-", MINUS)
    with localcontext() as context:
        context.prec = 3 * LONGEST  # Babel asks for a few digits more than the number has
        return write(_plain(number)).replace("-", MINUS)


def _gains(value: Number) -> bool:
    """Whether a change is for the better."""
    return not Decimal(value).is_nan() and value > 0


def _zone_mark(moment: datetime) -> str:
    """`CET`, `UTC`, or `UTC+05:30` where the zone has no letters of its own."""
    name = moment.tzname() or ""
    if name.isalpha() and len(name) <= 5:
        return name
    offset = moment.utcoffset() or timedelta()
    if not offset:
        return "UTC"
    minutes = int(abs(offset).total_seconds()) // 60
    sign = "+" if offset > timedelta() else MINUS
    return f"UTC{sign}{minutes // 60:02d}:{minutes % 60:02d}"


@dataclass(frozen=True, slots=True)
class Formats:
    """How one Application writes numbers, money and times. Hashable, so that it can be part of a cache key."""

    locale: str = "en-GB"
    currency: str = ""
    zone: str = "UTC"

    @property
    def tz(self) -> tzinfo:
        """The zone that times are shown in."""
        return zone_named(self.zone)

    @property
    def separators(self) -> tuple[str, str]:
        """The locale's decimal and grouping marks, as in 1<grouping>000<decimal>5."""
        symbols: Mapping[str, str] = _locale(self.locale).number_symbols.get("latn", {})
        return symbols.get("decimal", "."), symbols.get("group", ",")

    def points(self, value: Number | None) -> str:
        """`1,234.5`: grouped by the locale, no trailing zeros, a real minus sign; a dash for nothing."""
        if value is None:
            return MISSING
        locale = _locale(self.locale)
        return _written(
            value, lambda number: format_decimal(number, locale=locale, decimal_quantization=False)
        )

    def points_named(self, value: Number | None) -> str:
        """`1 point`, `250 points`."""
        return f"{self.points(value)} {'point' if value == 1 else 'points'}"

    def change(self, value: Number | None) -> str:
        """A signed number of points: `+120`, `−120`, `0`."""
        if value is None:
            return MISSING
        return f"+{self.points(value)}" if _gains(value) else self.points(value)

    def count(self, value: int, one: str = "", many: str = "") -> str:
        """`5,000`, or with words `1 row`, `5,000 rows`."""
        number = self.points(value)
        if not one:
            return number
        return f"{number} {one if value == 1 else many or _plural(one)}"

    def money(self, value: Number | None, currency: str = "") -> str:
        """`€1,234.50` in the Application's currency; digits beyond the currency's own are kept, never rounded away."""
        if value is None:
            return MISSING
        code = (currency or self.currency).upper()
        if not code:
            return self.points(value)

        def write(number: Decimal) -> str:
            exponent = number.as_tuple().exponent
            finer = isinstance(exponent, int) and -exponent > get_currency_precision(code)
            text: str = format_currency(
                number, code, locale=_locale(self.locale), decimal_quantization=not finer
            )
            return text

        return _written(value, write)

    def money_change(self, value: Number | None, currency: str = "") -> str:
        """Signed money: `+€5.00`, `−€5.00`."""
        if value is None:
            return MISSING
        return f"+{self.money(value, currency)}" if _gains(value) else self.money(value, currency)

    def moment(self, value: Instant, *, seconds: bool = False) -> str:
        """`Fri 28 Nov 2025, 14:05 CET`. Text that is no instant is shown as it came; nothing is a dash."""
        found = to_datetime(value)
        if found is None:
            return self._raw(value)
        there = local(found, self.tz)
        clock = f"{there:%H:%M:%S}" if seconds else f"{there:%H:%M}"
        return f"{self._date(there)}, {clock} {_zone_mark(there)}"

    def day(self, value: Instant) -> str:
        """`Fri 28 Nov 2025`: the day in the Application's zone."""
        found = to_datetime(value)
        return self._raw(value) if found is None else self._date(day_of(found, self.tz))

    def short_day(self, value: datetime) -> str:
        """`28 Nov 2025`, for titles and hovers where the weekday says nothing."""
        return self.day(value).partition(" ")[2]

    def _raw(self, value: Instant) -> str:
        """What is shown for something that is not an instant in a known zone."""
        if isinstance(value, str):
            return MISSING if value.startswith("0001-01-01T") else value or MISSING
        if value is None or value.year < NO_DATE_BEFORE:
            return MISSING
        return f"{self._date(value)}, {value:%H:%M} (zone not given)"

    @staticmethod
    def _date(value: date) -> str:
        """English names whatever the process's own locale: the desk speaks English, only figures are localised."""
        return f"{_DAYS[value.weekday()]} {value.day} {_MONTHS[value.month - 1]} {value.year}"


def differ(one: Formats, other: Formats, at: datetime) -> bool:
    """Whether clocks in the zones of the two show different times at that instant."""
    return local(at, one.tz).utcoffset() != local(at, other.tz).utcoffset()


def _plural(one: str) -> str:
    """`row` as rows, `entry` as entries: enough for the words that the desk counts."""
    return f"{one[:-1]}ies" if one.endswith("y") and one[-2:-1] not in "aeiou" else f"{one}s"


def distance(value: datetime, now: datetime) -> str:
    """`just now`, `5 minutes ago`, `in 3 days`: from `now` to `value`, rounded down to its largest unit."""
    seconds = int((value - now).total_seconds())
    size = abs(seconds)
    for unit, length in (
        ("year", 31_557_600),
        ("month", 2_629_800),
        ("day", 86_400),
        ("hour", 3600),
        ("minute", 60),
    ):
        if size >= length:
            number = size // length
            text = f"{number} {unit}{'' if number == 1 else 's'}"
            return f"in {text}" if seconds > 0 else f"{text} ago"
    return "in less than a minute" if seconds > 0 else "just now"
