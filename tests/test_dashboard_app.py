"""The app: pages, messages, routes and imports, through the Flask test client."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dash
import pytest
from dash import Dash
from flask.testing import FlaskClient
from rendered import rendered
from tiny_results import write_tiny_results

from dashboard.app import create_app, server, show_error
from dashboard.components.alternatives import alternatives_id
from dashboard.components.card import failure_id, numbers_id
from dashboard.failures import failed_cards
from dashboard.pages import PAGES
from dashboard.state import ResultsError
from pipeline.config import REPOSITORY

ALLOWED = {"config", "artifacts", "audio", "features", "predict", "store"}
HEAVY = ["tensorflow", "keras", "lightgbm", "sklearn"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_results(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def app(folder: Path) -> Dash:
    return create_app(folder)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.NAME)
def test_every_page_keeps_the_contract(app: Dash, page: object) -> None:
    for name in ("PATH", "NAME", "TITLE", "DESCRIPTION", "layout", "register_callbacks"):
        assert hasattr(page, name)
    answer = app.server.test_client().get(page.PATH)  # type: ignore[attr-defined]
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/", "How good are genre classifiers"),
        ("/?protocol=new-song&unit=segment&features=features_3s&table=fall", "show-table"),
        ("/model", "Parameters and provenance"),
        ("/model?model=gtzan.features_3s.kmeans_10", "whole-table"),
        ("/clusters?dimensions=3", "Do clusters found without labels"),
        ("/nowhere", "This page does not exist"),
    ],
)
def test_pages_render(app: Dash, address: str, said: str) -> None:
    assert said in rendered(app, address)


def test_bad_values_in_the_address_fall_back_with_a_note(app: Dash) -> None:
    answer = json.loads(rendered(app, "/model?model=bogus&protocol=%3Cb%3E&unit=a&unit=b&page=x"))
    for name in ("model=bogus", "protocol=<b>", "unit=a, b"):
        assert f"The address says {name}, which is not among" in str(answer)


def test_page_without_results_says_what_to_run(tmp_path: Path) -> None:
    text = rendered(create_app(tmp_path / "none"), "/model")
    assert "run.json not found. Run `make results`" in text
    assert "Traceback" not in text


def test_two_apps_show_their_own_results(app: Dash, tmp_path: Path) -> None:
    other = create_app(write_tiny_results(tmp_path / "demo", synthetic=True))
    assert "(synthetic)" in rendered(other, "/")
    assert "(synthetic)" not in rendered(app, "/")


def test_synthetic_data_are_labelled_on_every_page(app: Dash, tmp_path: Path) -> None:
    demo = create_app(write_tiny_results(tmp_path / "demo", synthetic=True)).server.test_client()
    assert "Synthetic data." in demo.get("/_dash-layout").get_data(as_text=True)
    here = app.server.test_client().get("/_dash-layout").get_data(as_text=True)
    assert "Synthetic data." not in here


def test_api_results_is_results_json(app: Dash, folder: Path) -> None:
    answer = app.server.test_client().get("/api/results")
    assert answer.status_code == 200
    assert answer.get_json() == json.loads((folder / "results.json").read_text())


def test_api_results_without_results_is_503(tmp_path: Path) -> None:
    answer = create_app(tmp_path / "none").server.test_client().get("/api/results")
    assert answer.status_code == 503
    assert answer.get_json()["code"] == "results_unavailable"
    assert "make results" in answer.get_json()["error"]


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What callbacks wrote to the page's message."""
    said: list[str] = []
    monkeypatch.setattr(
        "dashboard.app.set_props", lambda _id, props: said.append(props["children"])
    )
    yield said


def test_callback_without_results_shows_their_message(app: Dash, messages: list[str]) -> None:
    show_error(ResultsError("results/run.json not found. Run `make results`."))
    assert messages == ["results/run.json not found. Run `make results`. Then reload this page."]


def test_callback_that_breaks_shows_no_stack_trace(
    app: Dash, messages: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with app.server.app_context():
        show_error(ZeroDivisionError("secret detail"))
    assert "secret detail" not in messages[0]
    assert "Reload the page" in messages[0]
    assert "a callback failed" in caplog.text


def test_failure_is_said_in_each_card_that_was_to_be_drawn() -> None:
    figure = {"id": "genres-figure", "property": "figure"}
    numbers = {"id": numbers_id("genres"), "property": "data"}
    other = {"id": alternatives_id("confusion"), "property": "data"}
    assert failed_cards([figure, numbers, [other]]) == [
        failure_id("genres"), failure_id("confusion"),
    ]  # fmt: skip
    assert failed_cards(figure) == []


def test_head_sets_the_colour_mode_first_and_asks_no_other_host(app: Dash) -> None:
    html = app.server.test_client().get("/").get_data(as_text=True)
    assert html.index("/assets/theme.js") < html.index("stylesheet")
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "https://" not in html
    assert html.count("theme.js") == 1


OWN = sorted(path.name for path in (REPOSITORY / "assets").glob("*.[cj]s*"))


@pytest.mark.parametrize("name", OWN)
def test_assets_are_served_and_ask_no_other_host(app: Dash, name: str) -> None:
    with app.server.test_client().get(f"/assets/{name}") as answer:
        assert answer.status_code == 200
        text = answer.get_data(as_text=True)
    assert "sourceMappingURL" not in text
    assert "url(http" not in text
    assert "@import" not in text


def test_callbacks_have_at_most_five_lines() -> None:
    for path in sorted((REPOSITORY / "dashboard").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(
                ".callback" in ast.unparse(decorator) for decorator in node.decorator_list
            ):
                length = node.body[-1].end_lineno - node.body[0].lineno + 1  # type: ignore[operator]
                assert length <= 5, f"{path.name}: {node.name}"


def test_dashboard_imports_only_the_light_half_of_the_pipeline() -> None:
    for path in sorted((REPOSITORY / "dashboard").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [name.name for name in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [f"{node.module}.{name.name}" for name in node.names]
            for module in modules:
                parts = module.split(".")
                assert parts[0] != "pipeline" or parts[1] in ALLOWED, f"{path.name}: {module}"


def test_app_imports_nothing_heavy() -> None:
    code = "import sys, dashboard.app; print([m for m in sys.argv[1:] if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code, *HEAVY],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_server_is_the_flask_app_for_gunicorn() -> None:
    client: FlaskClient = server.test_client()
    assert client.get("/model").status_code == 200


def test_pages_are_registered_once_each(app: Dash) -> None:
    paths = [page["path"] for page in dash.page_registry.values()]
    assert len(paths) == len(set(paths))
    assert {page.PATH for page in PAGES} <= set(paths)
