"""Commands inside sentences."""

from dash import html

from dashboard.components.code import with_code


def test_what_stands_between_backticks_is_code() -> None:
    first, code, last = with_code("Run `make results`, then look.")
    assert (first, last) == ("Run ", ", then look.")
    assert isinstance(code, html.Code)
    assert code.children == "make results"


def test_sentence_without_a_command_stays_as_it_is() -> None:
    assert with_code("Nothing to run.") == ["Nothing to run."]
