"""What a sentence of the desk is made of: plain words, the API's own word beside them, and a tone."""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What a colour means on the desk (look.md). A tone is never shown without a word that says the same."""

    ACTIVE = "active"  # can be used now, earned, done
    PENDING = "pending"  # later, or needs a look
    SPENT = "spent"  # used
    EXPIRED = "expired"  # over, of no use any more
    NEGATIVE = "negative"  # refused, owed, failed
    PLAIN = "plain"  # only a fact


@dataclass(frozen=True, slots=True)
class Words:
    """One thing in plain words. Plain text throughout: whoever shows it escapes it (`desk.ui.escape`).

    `text`: a short label or a whole sentence for the agent. `word`: the API's own word, for those who need it.
    `detail`: what it means or what to do, may be empty. `customer`: how to say it to the customer, may be empty.
    """

    text: str
    word: str = ""
    tone: Tone = Tone.PLAIN
    detail: str = ""
    customer: str = ""


def unknown(word: str, thing: str) -> Words:
    """A value that this desk does not know, shown as the API sent it."""
    if not word:
        return Words(f"No {thing} given", "", Tone.PLAIN, f"The API sent no {thing}.")
    return Words(
        word,
        word,
        Tone.PLAIN,
        f"This desk does not know the {thing} “{word}”; it is shown as the API sent it.",
    )
