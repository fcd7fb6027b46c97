"""What a viewer is shown, and what is absent."""

from tests.support.people import PLACES, People, controls, said

WHO = "vera"


def test_a_viewer_sees_everything_and_is_offered_nothing(people: People) -> None:
    page = people.at(WHO, PLACES["session"])
    found = {name: controls(page, people, name) for name in PLACES}
    for name, offered in found.items():
        for word in (
            "Return",
            "Reopen",
            "Cancel",
            "Reserve",
            "Release",
            "Link",
            "Generate",
            "Take",
            "Reveal",
            "Erase",
        ):
            assert not [each for each in offered if each.startswith(word)], (name, word, offered)
    assert "Try it on today's rules" not in found["session"]
    assert said(page, people, "wallet", "As viewer you may look, but not change anything.")
    assert said(page, people, "session", "which your role may not make")
