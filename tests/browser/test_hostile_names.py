"""Names of files that would like to be markup, shown as the text that they are."""

import io
import wave

import pytest
from playwright.sync_api import expect
from visit import Visit

NAMES = {
    "markup": "<img src=x onerror='window.intruder = true'>.wav",
    "a script": "</script><script>window.intruder = true</script>.wav",
    "right to left": "\u202evaw.exe\u202c.wav",
    "long": "n" * 4096 + ".wav",
}


def sound() -> bytes:
    """Return two seconds of a square wave."""
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes((b"\x00\x20" * 50 + b"\x00\xe0" * 50) * 441)
    return stream.getvalue()


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_name_is_shown_as_text(name: str, visit: Visit) -> None:
    visit.open("/predict")
    visit.page.set_input_files(
        "#predict-input", {"name": name, "mimeType": "audio/wav", "buffer": sound()}
    )
    shown = visit.page.locator("#predict-name")
    expect(shown).to_have_text(name)
    visit.page.locator("#predict-probabilities-figure .main-svg").first.wait_for()
    visit.settle()
    assert visit.page.evaluate("window.intruder") is None
    assert visit.page.locator("main img[src='x']").count() == 0
    assert not visit.scrolls_sideways()
