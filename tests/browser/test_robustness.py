"""The Robustness page: what belongs together stands beside each other."""

from typing import Any

from visit import Visit

ROWS = """card => [...document.querySelectorAll(`#${card}-figure .ytick text`)].map(
  label => [label.textContent, Math.round(label.getBoundingClientRect().y)])"""


def test_rows_of_both_figures_stand_beside_each_other(visit: Visit) -> None:
    visit.open("/robustness")
    kept, right = (
        visit.page.evaluate(ROWS, f"robustness-{card}") for card in ("unchanged", "accuracy")
    )
    assert len(kept) > 5
    assert kept == right
    heads: list[Any] = visit.page.locator(".side-by-side .card-head").evaluate_all(
        "heads => heads.map(head => head.getBoundingClientRect().y)"
    )
    assert heads[0] == heads[1]
