"""A presentation of small made-up scenes, as a file and as what a browser shows of it."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from visit import Visit

ADDRESSES = ("/clusters?features=gtzan.features_30s#composition-card", "/clusters#map-card")


def scene(number: int, **values: Any) -> dict[str, Any]:
    """Return a scene with one bar per number up to its own."""
    bars = list(range(1, number + 1))
    return {
        "id": f"made-{number}",
        "card": "made",
        "address": ADDRESSES[number % 2],
        "title": f"Title {number}",
        "sentence": f"Sentence {number} of 0.53 [0.47, 0.58] is short. More of it follows.",
        "notes": f"Say {number}.",
        "figure": {"data": [{"type": "bar", "x": bars, "y": bars}], "layout": {}},
        "numbers": {"columns": ["Bar"], "numeric": [True], "rows": [[str(bar)] for bar in bars]},
        "height": 400,
        **values,
    }


def deck(*scenes: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Return a presentation."""
    content = {"format": "genrelens-presentation", "version": 1, "title": "A talk"}
    return {**content, "scenes": list(scenes), **values}


def open_deck(visit: Visit, folder: Path, content: object) -> None:
    """Open the page with a presentation from a file."""
    visit.open("/present")
    give_file(visit.page, folder, content)
    if isinstance(content, dict):
        expect(visit.page.locator(".scene")).to_have_count(len(content["scenes"]))


def give_file(page: Page, folder: Path, content: object) -> None:
    """Choose a file on the page; text is written as it is."""
    path = folder / "talk.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    page.locator("#present-file").set_input_files(path)


def titles(page: Page) -> list[str]:
    """Return the titles of the scenes in their order."""
    fields = page.locator(".scene-title").all()
    return [field.input_value() for field in fields]


def export(page: Page, name: str, folder: Path) -> Path:
    """Press a button that makes a file, and return the file."""
    with page.expect_download() as started:
        page.locator(f"[data-present={name}]:visible").first.click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path
