"""Names and attributes of the demo's customers; nobody here exists."""

import random
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_FIRST = [
    "Anna",
    "Ben",
    "Clara",
    "David",
    "Elif",
    "Finn",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Karla",
    "Luca",
    "Mila",
    "Noah",
    "Olga",
    "Paul",
    "Quentin",
    "Rosa",
    "Sami",
    "Tara",
    "Umut",
    "Vera",
    "Wim",
    "Ximena",
    "Yusuf",
    "Zoe",
    "Amélie",
    "Bjørn",
    "Chiara",
    "Dilan",
    "Emil",
    "Françoise",
    "Gustav",
    "Hana",
    "Ivo",
    "Jana",
    "Kofi",
    "Léa",
    "Marek",
    "Nadia",
    "Oskar",
    "Priya",
    "Rafael",
    "Sofia",
    "Tomás",
    "Ursula",
    "Viktor",
    "Wanda",
    "Yara",
    "Zuzana",
]
_LAST = [
    "Adler",
    "Bauer",
    "Costa",
    "Dubois",
    "Eriksen",
    "Fischer",
    "García",
    "Hansen",
    "Ivanova",
    "Jansen",
    "Keller",
    "Lang",
    "Moreau",
    "Novák",
    "Olsen",
    "Peeters",
    "Quist",
    "Rossi",
    "Schmidt",
    "Teixeira",
    "Ulrich",
    "Visser",
    "Weber",
    "Yilmaz",
    "Zimmermann",
    "Bianchi",
    "Kowalski",
    "Lindqvist",
    "Okafor",
    "Papadakis",
    "Sørensen",
]
_PLACES = [
    tuple(place.rsplit(" ", 1))
    for place in [
        "Berlin DE",
        "Hamburg DE",
        "Munich DE",
        "Vienna AT",
        "Zurich CH",
        "Paris FR",
        "Lyon FR",
        "Madrid ES",
        "Porto PT",
        "Milan IT",
        "Antwerp BE",
        "Utrecht NL",
        "Aarhus DK",
        "Malmö SE",
        "Prague CZ",
        "Gdańsk PL",
    ]
]
_LANGUAGES = {"DE": "de", "AT": "de", "CH": "de", "FR": "fr", "ES": "es", "IT": "it"}


@dataclass(frozen=True, slots=True)
class Person:
    """Who a customer is: the profile's integration id and its attributes."""

    id: str
    attributes: dict[str, object]


def person(first: str, last: str, city: str, country: str, *, id: str = "", since: datetime) -> Person:
    """A customer by name, with an address at example.com and the profile id `first.last` unless given."""
    handle = f"{_plain(first)}.{_plain(last)}"
    attributes: dict[str, object] = {
        "Name": f"{first} {last}",
        "Email": f"{handle}@example.com",
        "City": city,
        "Country": country,
        "SignupDate": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return Person(id or handle, attributes)


def random_person(number: int, chance: random.Random, *, since: datetime) -> Person:
    """The customer of that number; the number keeps ids apart when names repeat."""
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    city, country = chance.choice(_PLACES)
    handle = f"{_plain(first)}.{_plain(last)}.{number:03d}"
    made = person(first, last, city, country, id=handle, since=since)
    birthday = datetime(1955, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(365 * 50))
    extra: dict[str, object] = {
        "Birthday": birthday.strftime("%Y-%m-%dT00:00:00Z"),
        "Newsletter": chance.random() < 0.6,
        "Language": {"DE": "de", "AT": "de", "CH": "de", "FR": "fr", "ES": "es", "IT": "it"}.get(
            country, "en"
        ),
    }
    return Person(made.id, made.attributes | extra)


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.lower().replace("ø", "o").replace("ı", "i").replace("ł", "l"))
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())
