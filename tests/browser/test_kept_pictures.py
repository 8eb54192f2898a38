"""The comparison of pictures: it finds what a visitor would, and passes over what nobody sees."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pictures_alike import difference, keep
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page

PAGE = """<style>body { margin: 24px; font: 16px sans-serif; background: #fff }
.card { border-top: 1px solid #ccc; margin-bottom: 40px } .bar { height: 24px; background: #0b5cad }
</style><h1>Scores</h1><section class="card"><p>Best at classical, worst at blues.</p>
<div class="bar" style="width: 60%"></div></section>
<section class="card"><p>One more sentence.</p>
<div class="bar" style="width: 30%"></div></section>"""


def png_of(image: Image.Image) -> bytes:
    """Return a picture as PNG."""
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    tab = browser.new_page(viewport={"width": 800, "height": 600})
    tab.set_content(PAGE)
    yield tab
    tab.close()


@pytest.fixture(scope="module")
def kept(page: Page, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "page.png"
    keep(page.screenshot(), path)
    return path


@pytest.mark.parametrize(
    ("change", "where_y"),
    [
        (".card:last-of-type { transform: translate(0, 24px) }", 200),
        (".card:last-of-type { margin-left: 30px }", 200),
        (".bar { background: #0b7c5d !important }", 100),
        (".card p { visibility: hidden }", 60),
        (".card { border-top: 16px solid #ccc }", 60),
        ("body { background: #ddd !important }", 0),
    ],
    ids=["moved down", "moved right", "colour", "text", "border", "background"],
)
def test_what_a_visitor_would_see_is_found(
    page: Page, kept: Path, change: str, where_y: int
) -> None:
    style = page.add_style_tag(content=change)
    found = difference(page.screenshot(), kept)
    style.evaluate("style => style.remove()")
    assert found is not None
    assert max(y for _, y in found.patches) >= where_y
    assert difference(page.screenshot(), kept) is None


def test_other_smoothing_noise_and_a_point_to_the_side_are_passed_over(
    page: Page, kept: Path
) -> None:
    shown = Image.open(BytesIO(page.screenshot())).convert("RGB")
    noise = np.random.default_rng(0).integers(-6, 7, np.asarray(shown).shape)
    noisy = np.clip(np.asarray(shown).astype(int) + noise, 0, 255).astype(np.uint8)
    beside = Image.new("RGB", shown.size, "white")
    beside.paste(shown, (1, 1))
    for other in (
        shown.filter(ImageFilter.GaussianBlur(0.8)),
        Image.fromarray(noisy),
        beside,
    ):
        assert difference(png_of(other), kept) is None


def test_a_longer_page_is_found(page: Page, kept: Path) -> None:
    shown = Image.open(BytesIO(page.screenshot())).convert("RGB")
    longer = Image.new("RGB", (shown.width, shown.height + 40), "white")
    longer.paste(shown)
    found = difference(png_of(longer), kept)
    assert found is not None
    assert found.picture.width > longer.width // 4  # both stand side by side
