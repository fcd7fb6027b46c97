"""A world whose every text is hostile: on every page each text reaches the reader as the text that it is."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from talon_sandbox import Sandbox
from tests.pages.conftest import PATIENCE, connection
from tests.pages.test_matrix import PAGES, PEOPLE
from tests.support.corpus import CANARY, SPACED, WORDS, Corpus, hostile, marked, plain
from tests.support.reading import AS_IT_IS, SPOKEN, hostile_texts, reader_sees, shows
from tests.support.surroundings import ROOT

OpenHostile = Callable[..., AppTest]
KNOWN = [each for each in PEOPLE if each not in ("unknown", "impossible", "none")]
PARAMS = (
    "application",
    "customer",
    "subledger",
    "range",
    "tab",
    "day",
    "session",
    "code",
    "card",
    "find",
    "plan",
)


@pytest.fixture(scope="module")
def corpus(shop: Sandbox) -> Iterator[Corpus]:
    """The hostile world."""
    with Corpus(shop) as opened:
        yield opened


@pytest.fixture
def open_hostile(sandbox: Sandbox, corpus: Corpus) -> OpenHostile:
    """Opens a page at the hostile world, whose settings are hostile too."""
    settings = connection(sandbox)
    settings |= {"base_url": corpus.url, "label": corpus.text("Test shop")}
    settings["programs"] = [
        {"id": each.id, "name": corpus.text(each.title), "kind": "card" if each.card_based else "profile"}
        for each in sandbox.programs()
    ]

    def opened(page: str, **params: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
        at.secrets["connections"] = {"shop": settings}
        at.run()
        at.query_params.update(params)
        return at.switch_page(page).run()

    return opened


def check(at: AppTest, said: dict[str, str]) -> Counter[str]:
    """Nothing broke, and each hostile text is shown as text; how often it was, by field."""
    assert not at.exception, at.exception
    assert "Something in the desk itself is broken" not in "".join(each.value for each in at.markdown)
    seen: Counter[str] = Counter()
    for text in hostile_texts(at):
        seen[text.field] += 1
        for canary in CANARY.findall(text.sent):
            if text.field not in SPOKEN:
                assert shows(text.seen.casefold(), plain(said[canary]).casefold()), text
    return seen


@pytest.mark.parametrize("page", PAGES)
def test_a_hostile_world_is_text_on_every_page(open_hostile: OpenHostile, corpus: Corpus, page: str) -> None:
    wanted = PAGES[page]
    seen: Counter[str] = Counter()
    for person in KNOWN if wanted else KNOWN[:1]:
        ids = {"find": PEOPLE[person]["customer"], "receipt": "none", **PEOPLE[person]}
        params = {wanted: corpus.text(ids[wanted])} if wanted else {}
        seen += check(open_hostile(page, **params), corpus.said)
    assert seen["Markdown.body"], "nothing hostile was shown: the corpus did not reach this page"


@pytest.mark.parametrize("page", PAGES)
def test_what_somebody_types_into_an_address_is_text(
    open_hostile: OpenHostile, corpus: Corpus, page: str
) -> None:
    words = [marked(each) for each in (*WORDS, *SPACED)]
    said = {**corpus.said, **{CANARY.findall(each)[-1]: each for each in words}}
    for first in range(0, len(words), len(PARAMS)):
        chosen = dict(zip(PARAMS, words[first:], strict=False))
        check(open_hostile(page, **chosen, program="<b>", row="-1", receipt=words[first]), said)
