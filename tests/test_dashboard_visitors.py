"""Variables that are whole numbers: read once, checked when the server starts."""

import subprocess
import sys

import pytest

from dashboard.environment import whole_number
from dashboard.web import visitors
from pipeline.config import REPOSITORY


@pytest.mark.parametrize("text", ["-1", "1.5", "one", " 1"])
def test_number_that_is_none_is_refused_with_advice(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("GENRELENS_PROXIES", text)
    with pytest.raises(ValueError, match="GENRELENS_PROXIES must be a whole number from 0 on"):
        whole_number(visitors.PROXIES_VARIABLE, 0, least=0)


def test_mistyped_number_of_proxies_ends_the_start() -> None:
    code = "import os; os.environ['GENRELENS_PROXIES'] = 'two'; import dashboard.app"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert found.returncode == 1
    assert "GENRELENS_PROXIES must be a whole number" in found.stderr


def test_number_of_proxies_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    visitors.proxies.cache_clear()
    monkeypatch.setenv("GENRELENS_PROXIES", "2")
    assert visitors.proxies() == 2
    monkeypatch.setenv("GENRELENS_PROXIES", "3")
    assert visitors.proxies() == 2
    visitors.proxies.cache_clear()
