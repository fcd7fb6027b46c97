"""Customer text shows as text. What the browser makes of it is tested in `test_gallery.py`."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.ui.escape import JOINER, in_key, md, plotly, short, shown, visible
from tests.ui.awkward import AWKWARD

SPECIAL = st.text(alphabet=st.sampled_from(string.punctuation + " \n:abw.@-" + JOINER), max_size=40)
# What Streamlit's passes over finished text look for; none may find anything in what `md` leaves.
SHORTCODE = re.compile(r":\+1:|:-1:|:[\w-]+:")
ICON = re.compile(r":material[/_]")
LINK = re.compile(r"https?://|www\.\w|[\w.+-]+@[\w-]+\.", re.IGNORECASE)
ARROW = re.compile(r"(^|\s)(<->|->|<-|--|>=|<=|~=)(\s|$)")


@given(st.text(max_size=60) | SPECIAL)
def test_a_reader_sees_the_text_itself(text: str) -> None:
    assert shown(md(text)) == visible(text).replace(JOINER, "").replace("\N{FIRST STRONG ISOLATE}", "")


@given(SPECIAL | st.sampled_from(AWKWARD))
def test_every_mark_that_means_something_is_escaped(text: str) -> None:
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", md(text))
    assert not set(bare) & set(string.punctuation)


@given(SPECIAL | st.sampled_from(AWKWARD))
def test_nothing_is_left_for_the_passes_that_ignore_backslashes(text: str) -> None:
    left = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", md(text))
    for pattern in (SHORTCODE, ICON, LINK, ARROW):
        found = pattern.search(left)
        assert found is None or re.fullmatch(r":\d\d:", found[0]), (pattern.pattern, left)


@given(st.text(max_size=60))
def test_it_is_one_line_without_control_characters(text: str) -> None:
    assert not re.search(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\ud800-\udfff]", md(text))


def test_right_to_left_text_is_isolated() -> None:
    assert md("عميل").startswith("\N{FIRST STRONG ISOLATE}")
    assert "\u202e" not in md("evil\u202etxt.exe")


def test_clock_times_stay_searchable() -> None:
    assert JOINER not in md("Fri 28 Nov 2025, 14:05:30 CET")


def test_plotly_s_little_html_is_text() -> None:
    assert plotly('<a href="x">y</a> & <b>') == '&lt;a href="x"&gt;y&lt;/a&gt; &amp; &lt;b&gt;'


@pytest.mark.parametrize("length", [10, 59, 60, 61, 1000])
def test_long_ids_keep_both_ends(length: int) -> None:
    text = "a" + "x" * (length - 2) + "z"
    cut = short(text)
    assert len(cut) <= 60
    assert (cut[0], cut[-1]) == ("a", "z")
    assert (cut == text) == (length <= 60)


def test_keys_tell_ids_apart_and_hold_nothing_of_them() -> None:
    made = {
        in_key(*ids) for ids in [("a/b", "c"), ("a", "b/c"), ("a", "b", "c"), ("\ud83d",), ("\udc00",), ()]
    }
    assert len(made) == 6
    assert all(re.fullmatch(r"[0-9a-f]{12}", each) for each in made)
