"""What is said first, and what is not said, of clips whose answers cannot be relied on."""

from typing import Any

import pytest
from real_answer import real_answer

from dashboard.components import answer as texts
from dashboard.components.formats import format_distance
from dashboard.pages import predict as page


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    return real_answer()


def scored(title: str, genre: str, accuracy: float) -> dict[str, Any]:
    honest = {
        "value": accuracy,
        "ci_low": 0.6,
        "ci_high": 0.8,
        "label": "new song",
        "unit": "track",
    }
    return {
        "title": title, "window_s": 3, "genre": genre, "probabilities": {genre: 0.8},
        "honest_accuracy": honest,
    }  # fmt: skip


def test_models_with_one_score_are_said_to_share_it() -> None:
    models = [scored("A", "pop", 0.701), scored("B", "rock", 0.7), scored("C", "jazz", 0.5)]
    sentence = texts.trust_sentence({"models": models})
    assert sentence.startswith(
        "A, 3-s windows, one of the two with the highest score, 0.70, hears pop"
    )


SPOILT = {
    "code": "noise", "message": "Sounds like noise.", "spoils": "answer", "reason": "it is noise",
}  # fmt: skip
LEARNT = {
    "code": "in_training_data", "message": "Learnt.", "spoils": "scores", "reason": "it was learnt",
}  # fmt: skip
LESSER = {"code": "mirrored", "message": "Short.", "spoils": "nothing", "reason": ""}


def test_what_is_no_music_stands_first_and_the_models_below(answer: dict[str, Any]) -> None:
    spoilt = {**answer, "flags": [SPOILT, LESSER]}
    first, heard, note, trust, *_ = page.update_summary(spoilt)
    assert first.children == "Sounds like noise."
    assert heard.children.startswith("What the models would say: ") and not heard.hidden
    assert heard.children.endswith(texts.headline(answer)[1:])
    assert (note.className, note.children) == ("note", "Short.")
    assert trust.children == (
        "How often the models are right was measured on tracks unlike this one: it is noise."
    )


def test_every_card_of_a_clip_that_is_no_music_begins_with_the_reason(
    answer: dict[str, Any],
) -> None:
    _, _, *cards = page.update_result({**answer, "flags": [SPOILT]}, "light", narrow=False)
    said = [sentence for sentence in cards[::3] if not sentence.startswith("Not in these results")]
    assert len(said) >= 4
    assert all(one.startswith("Do not rely on this: it is noise. ") for one in said)


def test_scores_do_not_speak_for_a_clip_that_the_models_learnt(answer: dict[str, Any]) -> None:
    first, heard, *_, trust, _closest, _timing = page.update_summary({**answer, "flags": [LEARNT]})
    assert first.children == texts.headline(answer) and heard.hidden
    scored = texts.trust_sentence(answer)
    assert trust.children == f"{scored} That was measured on tracks unlike this one: it was learnt."


@pytest.mark.parametrize(
    ("distance", "said"),
    [(1.26, "1.3"), (99.94, "99.9"), (1234.5, "1,234"), (405735964672.0, "over 10,000")],
)
def test_distances_are_told_as_people_write_them(distance: float, said: str) -> None:
    assert format_distance(distance) == said


def test_no_track_is_called_close_that_is_farther_than_any() -> None:
    track = {"track_id": "pop.00001", "genre": "pop", "distance": 405735964672.0}
    said = texts.closest_sentence({"closest": [track, track]})
    assert said == "No track of our data is close: the distance to each is over 10,000."
