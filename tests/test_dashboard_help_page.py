"""The Help page says everything that the results hold, and every anchor is there once."""

import json
import re
from pathlib import Path

import pytest
from rendered import rendered
from tiny_results import write_tiny_results

from dashboard.app import create_app
from dashboard.glossary import TERMS, help_href, page_anchor, protocol_anchor
from dashboard.pages import PAGES
from dashboard.state import load_results
from dashboard.words import help_texts
from dashboard.words.help_faults import fault_lines
from pipeline.config import REPOSITORY
from pipeline.intervals import CONFIDENCE


@pytest.fixture(scope="module")
def page() -> str:
    return rendered(create_app(REPOSITORY / "results"), "/help")


def test_protocols_speak_in_the_words_of_the_results(page: str) -> None:
    results = load_results(REPOSITORY / "results")
    for name in set(results.runs["protocol"]):
        assert json.dumps(results.protocols[name]["explanation"]) in page
        assert f'"id":"{protocol_anchor(name)}"' in page


def test_every_term_and_page_has_its_anchor_once(page: str) -> None:
    anchors = [*TERMS, *(page_anchor(other.PATH) for other in PAGES if other.PATH != "/help")]
    for anchor in anchors:
        assert page.count(f'"id":"{anchor}"') == 1, anchor
    ids = re.findall(r'"id":"([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_every_link_of_the_contents_has_its_place(page: str) -> None:
    for anchor in re.findall(r'"href":"#([^"]+)"', page):
        assert f'"id":"{anchor}"' in page, anchor


def test_every_page_says_how_to_read_it() -> None:
    assert set(help_texts.PAGES) == {page.PATH for page in PAGES} - {"/help"}


def test_every_page_leads_to_its_own_part_of_the_help() -> None:
    app = create_app(REPOSITORY / "results")
    for path in help_texts.PAGES:
        said = rendered(app, path).replace("\\u002f", "/")
        assert f'"href":"{help_href(page_anchor(path))}"' in said, path


def test_intervals_name_no_number_that_the_pipeline_may_change() -> None:
    said = " ".join(help_texts.HOW_MADE.values())
    numbers = set(re.findall(r"\d[\d,.]*(?: %)?", said))
    assert numbers == {"0", "1", "1927", f"{CONFIDENCE:.0%}".replace("%", " %")}


def test_keys_of_the_stage_are_those_that_it_hears() -> None:
    script = (REPOSITORY / "assets" / "present-stage.js").read_text(encoding="utf-8")
    table = re.search(r"const KEYS = \{(.*?)\};", script, re.DOTALL)
    assert table
    heard = set(re.findall(r'"?(\w+| )"?: -?1', table[1]))
    heard |= set(re.findall(r'event\.key === "(\w+)"\) (?:go|close)', script))
    heard |= {key.upper() for key in re.findall(r"/\^\[(\w)[A-Z]\]\$/", script)}
    names = {
        "ArrowRight": "Right", "ArrowLeft": "Left", "ArrowUp": "Up", "ArrowDown": "Down",
        "PageUp": "Page up", "PageDown": "Page down", " ": "Space", "Escape": "Esc",
    }  # fmt: skip
    listed = {key for keys in help_texts.KEYS["Present, full screen"] for key in keys.split(", ")}
    assert listed - {"Shift + Space"} == {names.get(key, key) for key in heard}


def test_faults_are_counted_and_their_finders_named(page: str) -> None:
    lines = fault_lines(load_results(REPOSITORY / "results"), "gtzan")
    assert "30 tracks are copies of one another, in 15 groups" in lines["Copies"]
    assert "38 of 1,000 tracks" in lines["Wrong and doubtful labels"]
    assert "70 of 1,000" in lines["What the published list leaves out"]
    for who in ("Sturm 2012", "Sturm 2013", "Kereliuk, Sturm & Larsen 2015"):
        assert who in page


def test_results_without_analyses_of_faults_have_none_to_tell(tmp_path: Path) -> None:
    folder = write_tiny_results(tmp_path)
    for kind in ("duplicates", "suspicious_labels", "label_checks"):
        (folder / "analysis" / f"{kind}.parquet").unlink()
    lines = fault_lines(load_results(folder), "gtzan")
    assert not {"Copies", "Wrong and doubtful labels"} & set(lines)
