"""What a visitor does on the Predict page, and short clips to do it with; for tests/browser."""

import json
import re
import wave
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import expect
from visit import Visit

RATE = 22_050


def upload(visit: Visit, *paths: Path) -> None:
    """Choose files."""
    visit.page.set_input_files("#predict-input", list(paths))


def wait_for_answer(visit: Visit, name: str) -> None:
    """Wait until all clips are through, and the one of this name is drawn."""
    expect(visit.page.locator("#predict-name")).to_have_text(name)
    expect(visit.page.locator("#predict-progress")).to_be_hidden()
    visit.page.locator(".predict-headline").wait_for()
    visit.settle()


def assert_refused(visit: Visit, pattern: str) -> None:
    """Assert that the error is seen, says why, and has the focus; and that nothing is drawn."""
    error = visit.page.locator("#predict-error")
    expect(error).to_be_visible()
    expect(error).to_contain_text(re.compile(pattern))
    expect(error).to_be_focused()
    expect(visit.page.locator("#predict-result")).to_be_hidden()
    expect(visit.page.locator("#predict-progress")).to_be_hidden()


def short_clips(folder: Path, count: int, *, duration_s: float = 6.5) -> list[Path]:
    """Return files of chords, each another one."""
    t = np.arange(round(RATE * duration_s)) / RATE
    paths = []
    for number in range(count):
        base_hz = 110 * 2 ** (number / 12)
        chord = sum(np.sin(2 * np.pi * base_hz * ratio * t) for ratio in (1, 1.25, 1.5))
        beat = 0.6 + 0.4 * np.sign(np.sin(2 * np.pi * 2 * t))
        samples = np.round(6_000 * chord * beat).astype("<i2")
        path = folder / f"chord {number + 1}.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(samples.tobytes())
        paths.append(path)
    return paths


def drop(visit: Visit, *, files: dict[str, str] | None = None, text: str = "") -> None:
    """Drag files (name -> content) or text over the heading of the page, and drop them there."""
    visit.page.locator("h1").evaluate(
        """(place, [files, text]) => {
          const transfer = new DataTransfer();
          for (const [name, content] of Object.entries(files))
            transfer.items.add(new File([content], name));
          if (text) transfer.setData("text/plain", text);
          for (const kind of ["dragenter", "dragover", "drop"]) {
            place.dispatchEvent(
              new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
            if (kind === "dragover")
              window.overlaid = !document.getElementById("predict-overlay").hidden;
          }
        }""",
        [files or {}, text],
    )


def shown_answer(visit: Visit) -> dict[str, Any]:
    """Return the answer of the clip on show, without its spectrogram."""
    text = visit.page.evaluate(
        "JSON.stringify(genrelensPredict.current().answer, (k, v) => k === 'mel' ? undefined : v)"
    )
    answer: dict[str, Any] = json.loads(text)
    return answer


def file_rows(visit: Visit) -> list[list[str]]:
    """Return the cells of the table of clips, without its head."""
    rows: list[list[str]] = visit.page.locator("#predict-clips-table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    return rows
