"""README and docs/ are held to results/ and to the Makefile."""

import re

import pytest

from pipeline.audio import ACCEPTED_FORMATS
from pipeline.config import REPOSITORY
from pipeline.documents import DOCUMENTS, MARK, filled, read_sources

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
# shares that are no result: ratios, levels, tolerances, parameters, published figures in prose
NO_RESULT = {"0.60", "0.93", "0.95", "0.01", "0.05", "0.9", "0.53", "0.47", "0.58", "0.81"}


@pytest.fixture(scope="module")
def sources():
    return read_sources(REPOSITORY / "results")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_marked_number_is_that_of_the_results(name, sources):
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    assert len(MARK.findall(text)) > 3
    assert filled(text, sources) == text, f"run `python -m pipeline document`: {name} is outdated"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_score_stands_outside_a_mark(name):
    text = MARK.sub("", (REPOSITORY / name).read_text(encoding="utf-8"))
    assert set(re.findall(r"(?<![\d.])0\.\d+(?![\d.])", text)) <= NO_RESULT


def test_a_mark_that_names_nothing_is_refused(sources):
    with pytest.raises(ValueError, match=r"score gtzan\.nothing track.*cannot be filled"):
        filled("<!-- score gtzan.nothing track --><!-- / -->", sources)


def test_a_wrong_number_between_marks_is_replaced(sources):
    mark = "<!-- count duplicates group dataset=gtzan -->"
    assert filled(f"{mark}14<!-- / -->", sources) == f"{mark}15<!-- / -->"


def test_readme_names_only_make_targets_that_exist():
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, flags=re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z-]+)", README))
    assert {"run", "test", "results"} <= named <= targets


def test_readme_files_exist():
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (REPOSITORY / path).exists(), path


def test_every_format_that_can_be_sent_is_named():
    (uploads,) = re.findall(r"^\* Uploads: .*\n(?:  .*\n)*", README, flags=re.MULTILINE)
    assert set(ACCEPTED_FORMATS) == set(re.findall(r"\b[A-Z][A-Z0-9]+\b", uploads)) - {"MB"}
