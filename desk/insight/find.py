"""Find: what a pasted text is. Profile, session, coupon code and card are looked up together, then in other
case and without spaces."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from desk.applications import FindTemplates
from desk.insight.investigation import Answers, Ask, Batch, Investigation
from talon_client import BadRequest, Call, NotFound, TalonError, calls

MOST_REQUESTS = 12
"""How many requests one Find may make (scenarios.md, 1)."""

_CARD = re.compile(r"[A-Za-z0-9._%+@-]{4,108}")
_OLD_CARD = re.compile(r"[A-Za-z0-9_-]{1,108}")


class Kind(StrEnum):
    """What an id can belong to."""

    PROFILE = "profile"
    SESSION = "session"
    COUPON = "coupon"
    CARD = "card"


class Outcome(StrEnum):
    """How one look-up ended. `NOT_ASKED`: the API cannot hold such an id, or it was another spelling and the request
    budget was used up; `LEFT_OUT`: it was used up, and this is how it was typed."""

    FOUND = "found"
    ABSENT = "not found"
    COULD_NOT_LOOK = "could not look"
    NOT_ASKED = "not asked"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an id was looked up. `application` None: the open one. `program_id` for cards only."""

    kind: Kind
    id: str
    application: str | None = None
    program_id: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One look-up. `error`: why it could not be looked. `why`: why it was not asked."""

    place: Place
    outcome: Outcome
    error: TalonError | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Something that has this id. `application` is always a name. `summary`: one line without personal data.

    `profile_id`: the customer that it leads to, where it leads to exactly one.
    """

    kind: Kind
    id: str
    application: str
    summary: str
    program_id: int | None = None
    profile_id: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a Find. `tried` holds every look-up, matches included, in the order of asking."""

    text: str
    matches: tuple[Match, ...]
    tried: tuple[Attempt, ...]

    @property
    def one(self) -> Match | None:
        """The only match, which may be opened at once."""
        return self.matches[0] if len(self.matches) == 1 else None

    @property
    def not_looked(self) -> tuple[Attempt, ...]:
        """Where it could not be looked: with any of these, "not found" must not be said."""
        return tuple(
            each for each in self.tried if each.outcome in (Outcome.COULD_NOT_LOOK, Outcome.LEFT_OUT)
        )

    @property
    def nowhere(self) -> bool:
        """Whether every look-up was answered and none matched."""
        return (
            not self.matches
            and not self.not_looked
            and any(each.outcome is Outcome.ABSENT for each in self.tried)
        )


def find(
    text: str,
    application_names: Sequence[str],
    card_programs: Sequence[int],
    find_templates: FindTemplates,
) -> Investigation[Found]:
    """What `text` is. `application_names`: all Applications of the environment, the open one first;
    `card_programs`: ids of the card-based programs of the open one. Two batches at most, twelve requests."""
    search = _Search(text.strip(), tuple(application_names), tuple(card_programs), find_templates)
    waves = (
        ("Looking it up", search.first(), Outcome.LEFT_OUT),
        ("Other spellings", search.second(), Outcome.NOT_ASKED),
    )
    for title, places, beyond in waves:
        asked = search.choose(places, beyond)
        if asked:
            answers = yield Batch(title, tuple(Ask(call, place.application) for place, call in asked))
            search.read(asked, answers)
        if search.matches or not search.answered:
            break
    return Found(search.text, tuple(search.matches), tuple(search.tried))


class _Search:
    """One Find: what was tried so far, and what there is to try."""

    def __init__(
        self,
        text: str,
        applications: tuple[str, ...],
        card_programs: tuple[int, ...],
        templates: FindTemplates,
    ) -> None:
        self.text, self.applications, self.card_programs = text, applications, card_programs
        self.templates = {
            Kind.PROFILE: templates.profile,
            Kind.SESSION: templates.session,
            Kind.COUPON: templates.coupon,
            Kind.CARD: templates.card,
        }
        self.known: set[Place] = set()
        self.budget = MOST_REQUESTS
        self.matches: list[Match] = []
        self.tried: list[Attempt] = []

    @property
    def answered(self) -> bool:
        """Whether anything was answered, or nothing could be asked: then another spelling is worth a try."""
        return not any(each.outcome is Outcome.COULD_NOT_LOOK for each in self.tried) or any(
            each.outcome is Outcome.ABSENT for each in self.tried
        )

    def first(self) -> Iterator[Place]:
        """The text as it is and as the templates have it, in every kind and Application; the open one first, and the
        likeliest first, the budget cuts the rest."""
        ways = {kind: spelled(self.text, templates) for kind, templates in self.templates.items()}
        for application in (None, *self.applications[1:]):
            for rank in range(max(map(len, ways.values()), default=0)):
                for kind, ids in ways.items():
                    if rank < len(ids):
                        yield from self._places(kind, ids[rank], application)

    def second(self) -> Iterator[Place]:
        """The text in upper and lower case: codes and orders mostly in upper, profiles in lower case. First without the
        spaces in it: they come with what is read out or copied in groups."""
        order: list[tuple[Kind, str]] = []
        for text in dict.fromkeys(("".join(self.text.split()), self.text)):
            upper, lower = text.upper(), text.lower()
            order += [
                (Kind.COUPON, upper),
                (Kind.SESSION, upper),
                (Kind.PROFILE, lower),
                (Kind.CARD, upper),
                (Kind.COUPON, lower),
                (Kind.SESSION, lower),
                (Kind.PROFILE, upper),
                (Kind.CARD, lower),
            ]
        for application in (None, *self.applications[1:]):
            for kind, text in order:
                for id_ in spelled(text, self.templates[kind]):
                    yield from self._places(kind, id_, application)

    def _places(self, kind: Kind, id_: str, application: str | None) -> Iterator[Place]:
        # Profiles and cards belong to the account: every Application of the environment knows the same ones.
        if kind in (Kind.PROFILE, Kind.CARD) and application is not None:
            return
        if kind is Kind.CARD:
            yield from (Place(kind, id_, None, program) for program in self.card_programs)
        else:
            yield Place(kind, id_, application)

    def choose(self, places: Iterable[Place], beyond: Outcome) -> list[tuple[Place, Call[Any]]]:
        """The look-ups to make now; what cannot be asked is noted with its reason, and as `beyond` what is beyond the
        budget."""
        chosen: list[tuple[Place, Call[Any]]] = []
        for place in places:
            if place in self.known:
                continue
            self.known.add(place)
            try:
                call = _call(place)
            except ValueError as error:
                self.tried.append(Attempt(place, Outcome.NOT_ASKED, why=str(error)))
                continue
            if self.budget <= 0:
                why = f"one search makes at most {MOST_REQUESTS} requests"
                self.tried.append(Attempt(place, beyond, why=why))
                continue
            self.budget -= 1
            chosen.append((place, call))
        return chosen

    def read(self, asked: Iterable[tuple[Place, Call[Any]]], answers: Answers) -> None:
        """Notes what came back."""
        for place, call in asked:
            answer: object = answers.at(place.application, call)
            if isinstance(answer, TalonError):
                outcome = Outcome.ABSENT if _is_absent(place, answer) else Outcome.COULD_NOT_LOOK
                error = None if outcome is Outcome.ABSENT else answer
                self.tried.append(Attempt(place, outcome, error))
                continue
            self.tried.append(Attempt(place, Outcome.FOUND))
            application = place.application or (self.applications[0] if self.applications else "")
            summary, profile_id = _DESCRIBED[place.kind](answer)
            profile_id = place.id if place.kind is Kind.PROFILE else profile_id
            self.matches.append(
                Match(place.kind, place.id, application, summary, place.program_id, profile_id)
            )


def spelled(text: str, templates: Sequence[str]) -> list[str]:
    """The ids that the text may stand for: "#10023" under `ORD-{}` is `ORD-10023`, and `ORD-7` stays as it
    is."""
    if not text:
        return []
    bare = text.lstrip("#").strip() or text
    found: list[str] = []
    for template in templates:
        before, _, after = template.partition("{}")
        if not before and not after:
            found += [text, bare]
        elif bare.casefold().startswith(before.casefold()) and bare.casefold().endswith(after.casefold()):
            found.append(bare)
        else:
            found.append(f"{before}{bare}{after}")
    return list(dict.fromkeys(each for each in found if each))


def _call(place: Place) -> Call[Any]:
    match place.kind:
        case Kind.PROFILE:
            return calls.get_customer_inventory(place.id, profile=True)
        case Kind.SESSION:
            return calls.get_customer_session(place.id)
        case Kind.COUPON:
            return calls.get_reserved_customers(place.id)
        case Kind.CARD:
            if not _CARD.fullmatch(place.id):
                raise ValueError("a card has 4 to 108 of the characters A-Z a-z 0-9 . _ % + @ -")
            return calls.get_loyalty_card_balances(place.program_id or 0, place.id)


def _is_absent(place: Place, error: TalonError) -> bool:
    if isinstance(error, NotFound):
        return True
    if not isinstance(error, BadRequest):
        return False
    # No 404 is declared for sessions; an older edition refuses card identifiers that it cannot hold.
    return place.kind is Kind.SESSION or (place.kind is Kind.CARD and not _OLD_CARD.fullmatch(place.id))


def _describe_profile(answer: Any) -> tuple[str, str]:
    profile = answer.profile
    if profile is None or profile.closed_sessions is None:
        return "customer", ""
    return f"customer, {_count(profile.closed_sessions, 'closed session')}", ""


def _describe_session(answer: Any) -> tuple[str, str]:
    session = answer.customer_session
    if session is None:
        return "session", ""
    items = sum(item.quantity or 0 for item in session.cart_items)
    whose = f", of {session.profile_id}" if session.profile_id else ", without a customer"
    return f"{session.state or 'session'}, {_count(items, 'item')}{whose}", session.profile_id or ""


def _describe_coupon(answer: Any) -> tuple[str, str]:
    held = [each.integration_id for each in answer.data if each.integration_id]
    if not answer.data:
        return "coupon code, nobody holds it", ""
    return f"coupon code, {_count(len(answer.data), 'holder')}", held[0] if len(answer.data) == len(
        held
    ) == 1 else ""


def _describe_card(answer: Any) -> tuple[str, str]:
    linked = [each.integration_id for each in answer.profiles if each.integration_id]
    return f"loyalty card, {_count(len(linked), 'holder')}", linked[0] if len(linked) == 1 else ""


_DESCRIBED: dict[Kind, Callable[[Any], tuple[str, str]]] = {
    Kind.PROFILE: _describe_profile,
    Kind.SESSION: _describe_session,
    Kind.COUPON: _describe_coupon,
    Kind.CARD: _describe_card,
}


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
