"""Find, as the header and the Find page share it: what a text is, where a match leads, and opening the only one."""

from desk.insight.find import Found, Kind, Match, find
from desk.lookup import Found as Answered
from desk.ui import recents
from desk.ui.current import Desk
from desk.ui.place import Place, go

FIND = "pages/start/find.py"
PAGES = {
    Kind.PROFILE: "pages/customer/overview.py",
    Kind.SESSION: "pages/thing/session.py",
    Kind.COUPON: "pages/thing/coupon.py",
    Kind.CARD: "pages/thing/card.py",
}


def look(desk: Desk, text: str) -> Answered[Found]:
    """What `text` is: looked up in the open Application and in those of the same environment."""
    names = [desk.application.name]
    names += [
        each.name
        for each in desk.process.settings.applications
        if each.live == desk.application.live and each.name != desk.application.name
    ]
    cards = [each.id for each in desk.application.programs if each.kind == "card"]
    return desk.find_out("Looking it up", lambda: find(text, names, cards, desk.application.find))


def place_of(match: Match) -> Place:
    """Where a match leads; with its customer, where it has exactly one."""
    place = Place(application=match.application, customer=match.profile_id)
    if match.kind is Kind.PROFILE:
        return Place(application=match.application, customer=match.id)
    if match.kind is Kind.SESSION:
        return place.of_session(match.id)
    if match.kind is Kind.COUPON:
        return place.of_code(match.id)
    return place.of_card(match.id, match.program_id or 0)


def open_one(found: Found) -> None:
    """Leaves for the only match, when everything could be looked; else returns."""
    if found.one is None or found.not_looked:
        return
    match = found.one
    recents.remember(match.kind.value, match.id, match.application)
    go(PAGES[match.kind], place_of(match))


def sent(desk: Desk, text: str) -> None:
    """The Find box was sent: straight to the only match, else to the Find page, which says what there is."""
    open_one(look(desk, text).finding)
    go(FIND, Place(application=desk.application.name, find=text))
