"""Results that are missing, half-written or of another version: each page says what to run."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from gunicorn_server import gunicorn_server
from multipart import get
from visit import Visit

from dashboard.pages import PAGES, present
from pipeline.config import REPOSITORY


def no_results(folder: Path) -> None:
    """Leave the folder empty."""


def another_version(folder: Path) -> None:
    """Copy the results as a later version of the program would write them."""
    link_results(folder)
    content = json.loads((REPOSITORY / "results" / "results.json").read_text(encoding="utf-8"))
    content["schema_version"] = 99
    (folder / "results.json").write_text(json.dumps(content), encoding="utf-8")


def half_written(folder: Path) -> None:
    """Copy the results with half of results.json."""
    link_results(folder)
    content = (REPOSITORY / "results" / "results.json").read_bytes()
    (folder / "results.json").write_bytes(content[: len(content) // 2])


def link_results(folder: Path) -> None:
    """Link all of the results but results.json."""
    for path in (REPOSITORY / "results").iterdir():
        if path.name != "results.json":
            (folder / path.name).symlink_to(path)


FAULTS = {"empty": no_results, "version-99": another_version, "half": half_written}


@pytest.fixture(scope="module", params=FAULTS)
def broken_address(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, one_thread: None
) -> Iterator[str]:
    """Address of a server whose results have one fault."""
    folder = tmp_path_factory.mktemp(f"results-{request.param}")
    FAULTS[request.param](folder)
    with gunicorn_server(folder) as server:
        yield server.address


# Scenes are in the browser: a talk can be given whatever became of the results.
NEED_RESULTS = [page for page in PAGES if page is not present]


@pytest.mark.parametrize("page", NEED_RESULTS, ids=lambda page: page.NAME.lower())
def test_page_says_what_to_run(
    broken_address: str, page: ModuleType, new_visit: Callable[..., Visit]
) -> None:
    visit = new_visit(server=broken_address)
    visit.page.goto(broken_address + page.PATH)
    message = visit.page.locator(".results-message")
    message.wait_for()
    text = message.text_content() or ""
    assert "results.json" in text or "run.json" in text
    assert "make results" in text
    assert "Traceback" not in visit.page.content()
    assert visit.page.locator("#shell-message").is_hidden()
    assert visit.problems == []


def test_health_and_results_are_unavailable(broken_address: str) -> None:
    for path in ("/healthz", "/api/results"):
        status, text = get(broken_address + path)
        assert status == 503
        assert "make results" in json.loads(text)["error"]
