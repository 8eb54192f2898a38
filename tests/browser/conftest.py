"""A browser and a real server for the tests in this folder, both started once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from gunicorn_server import gunicorn_server
from playwright.sync_api import Browser, expect, sync_playwright
from visit import PATIENCE_MS, Visit

from pipeline.config import REPOSITORY, data_candidates
from pipeline.datasets.examples import EXAMPLES, write_examples

HERE = Path(__file__).parent
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
HEIGHT_PX = 900
expect.set_options(
    timeout=PATIENCE_MS
)  # as a visit waits: five seconds are short on a busy machine

NewVisit = Callable[..., Visit]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run this folder last: quick failures come first, and the browser disturbs no timing."""
    items.sort(key=lambda item: HERE in item.path.parents)


@pytest.fixture(scope="session")
def browser(browser_path: Path) -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def one_thread() -> Iterator[None]:
    """Servers started here leave the cores to the browser."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        yield


@pytest.fixture(scope="session")
def address(one_thread: None) -> Iterator[str]:
    """Address of a server of the committed results."""
    with gunicorn_server(REPOSITORY / "results") as server:
        yield server.address


@pytest.fixture
def new_visit(browser: Browser, address: str) -> Iterator[NewVisit]:
    """Make a tab with a memory of its own: ``new_visit(width_px=390, mode="dark")``."""
    contexts = []

    def make(
        *,
        width_px: int = 1440,
        mode: Literal["light", "dark"] = "light",
        server: str | None = None,
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": width_px, "height": HEIGHT_PX}, color_scheme=mode
        )
        contexts.append(context)
        return Visit(context.new_page(), server or address)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def visit(new_visit: NewVisit) -> Iterator[Visit]:
    """A wide, light tab; nothing may have gone wrong in it when the test ends."""
    tab = new_visit()
    yield tab
    assert tab.problems == []


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Folder for pictures of what was tested; git ignores it."""
    folder = HERE / "screenshots"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two clips: real ones of GTZAN where the data have audio, else two that are made here."""
    for folder in data_candidates():
        audio = sorted(folder.glob("genres_original/*/*.00000.*"))
        if len(audio) > 1:
            return audio[0], audio[1]
    made = tmp_path_factory.mktemp("clips")
    write_examples(made)
    return made / EXAMPLES[0].file, made / EXAMPLES[1].file
