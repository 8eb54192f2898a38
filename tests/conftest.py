"""Fixtures that every test may use: the repository, the real data, the browser, a database."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.config import DATA_VARIABLE, REPOSITORY, data_candidates

BROWSER_VARIABLE = "GENRELENS_BROWSER"
TABLE = "features_30_sec.csv"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that asks for ``data_root``, so that ``-m real_data`` selects them."""
    for item in items:
        if "data_root" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.real_data)


@pytest.fixture(scope="session")
def repository() -> Path:
    """Folder that holds the Makefile."""
    return REPOSITORY


@pytest.fixture(scope="session")
def data_root() -> Path:
    """Folder of the real data: ``GENRELENS_DATA``, else ``data/``; readers search below it.

    A folder that was named and holds no tables is an error; that nobody brought data is a skip,
    which pytest lists with its reason at the end.
    """
    candidates = data_candidates()
    if any((folder / TABLE).is_file() for folder in candidates):
        return candidates[0]
    looked_in = f"{TABLE} is in none of {', '.join(str(folder) for folder in candidates)}"
    if os.environ.get(DATA_VARIABLE):
        pytest.fail(f"{looked_in}. Correct {DATA_VARIABLE}, or unset it.", pytrace=False)
    pytest.skip(f"no real data: {looked_in}. See data/README.md, or set {DATA_VARIABLE}.")


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """Chromium or Chrome that the browser tests drive: ``GENRELENS_BROWSER``, else from PATH."""
    names = ("chromium", "chromium-browser", "google-chrome")
    named = os.environ.get(BROWSER_VARIABLE) or next(filter(None, map(shutil.which, names)), None)
    if named is None or not Path(named).is_file():
        pytest.fail(
            f"The browser tests need Chromium or Chrome, and {named or 'none on PATH'} was found. "
            f"Run `make test`, which installs one, or set {BROWSER_VARIABLE} to its path.",
            pytrace=False,
        )
    return Path(named)


@pytest.fixture(scope="session")
def mongo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real MongoDB server: ``MONGODB_URI``, else one that is started here."""
    from mongo_server import server_url  # pymongo only for tests that need it

    with server_url(tmp_path_factory.mktemp("mongo")) as url:
        yield url


@pytest.fixture
def store_url(mongo_server: str) -> Iterator[str]:
    """URL of an empty database, dropped when the test ends."""
    from mongo_server import database_url

    with database_url(mongo_server) as url:
        yield url
