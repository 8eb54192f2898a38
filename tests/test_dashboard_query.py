"""Addresses: valid values pass, others fall back with a note."""

import pytest

from dashboard.query import Parameter, listed, read_choice, read_value

UNIT = Parameter("unit", "Count", {"track": "whole songs", "segment": "segments"}, "track")

MODELS = Parameter("models", "Models", {"a": "A", "b": "B", "c": "C"}, "a,b", several=True)


def test_absent_value_is_the_default_without_a_note() -> None:
    assert read_value({}, UNIT) == ("track", None)


def test_known_value_is_kept() -> None:
    assert read_value({"unit": "segment"}, UNIT) == ("segment", None)


@pytest.mark.parametrize("bad", ["album", "", ["segment", "track"], "<script>"])
def test_unknown_value_falls_back_and_says_so(bad: object) -> None:
    value, note = read_value({"unit": bad}, UNIT)
    assert value == "track"
    assert note is not None
    assert "unit=" in note
    assert "Showing “whole songs” instead" in note


def test_long_nonsense_is_cut_in_the_note() -> None:
    note = read_value({"unit": "x" * 5000}, UNIT)[1]
    assert note is not None
    assert len(note) < 200


def test_tables_are_limited_to_the_cards_of_the_page() -> None:
    choice = read_choice({"table": "fall,bogus"}, [UNIT], ["fall", "map"])
    assert choice.tables == {"fall"}
    assert choice["unit"] == "track"
    assert choice.notes == ()


def test_every_bad_value_has_its_own_note() -> None:
    order = Parameter("order", "Order", {"a": "A", "b": "B"}, "a")
    choice = read_choice({"unit": "x", "order": "y"}, [UNIT, order])
    assert len(choice.notes) == 2


@pytest.mark.parametrize(("asked", "value"), [("c,a", "c,a"), ("b,b", "b"), ("", "")])
def test_several_values_keep_their_order_and_stand_once(asked: str, value: str) -> None:
    assert read_value({"models": asked}, MODELS) == (value, None)


def test_unknown_ones_of_several_are_left_out_with_a_note() -> None:
    value, note = read_value({"models": "c,x,y"}, MODELS)
    assert value == "c"
    assert note is not None
    assert "models=x, y" in note
    assert "Showing the others" in note


def test_several_of_which_none_is_known_become_the_default() -> None:
    value, note = read_value({"models": "x"}, MODELS)
    assert value == "a,b"
    assert note is not None
    assert "Showing the default" in note


def test_listed_takes_text_lists_and_nothing() -> None:
    assert listed("a,b,a") == listed(["a", "b"]) == ["a", "b"]
    assert listed("") == listed(None) == listed([]) == []
