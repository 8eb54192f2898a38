"""The pages' update functions, without a browser: every choice of every page gives content."""

from itertools import product

import pytest
from tiny_results import write_tiny_results

from dashboard.pages import overview
from dashboard.query import Parameter
from dashboard.state import Results, State

FAULTS = "new-artist-faults-removed"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return State(write_tiny_results(tmp_path_factory.mktemp("tiny"))).current()


def every(*parameters: Parameter) -> list[tuple[str, ...]]:
    return list(product(*(parameter.options for parameter in parameters)))


def test_overview_draws_every_choice(results: Results) -> None:
    for protocol, unit, features in every(*overview.parameters(results)):
        content = overview.update_fall(results, protocol, unit, features, "dark")
        said, rows = overview.update_models(results, protocol, unit, features)
        models = {trace.customdata[0] for trace in content.figure.data}
        assert len(rows) == len(models)
        assert set(content.table["Unit"]) <= {overview.selection.UNITS[unit]}
        assert said.startswith(f"{len(rows)} models")


def test_overview_rows_link_to_the_same_protocol_and_unit(results: Results) -> None:
    _, rows = overview.update_models(results, "new-song", "segment", "all")
    best = rows[0]
    assert best["link"].startswith("/model?model=gtzan.features_3s.")
    assert best["link"].endswith("&protocol=new-song&unit=segment")
    stored = {row["link"].split("=")[1].split("&")[0]: row["accuracy"] for row in rows}
    for served_id, accuracy in stored.items():
        metadata = results.metadata[f"{served_id}.track_kfold"]
        assert accuracy == pytest.approx(metadata["accuracy"]["segment"]["value"])


def test_overview_subtracts_the_published_score(results: Results) -> None:
    _, rows = overview.update_models(results, FAULTS, "track", "features_3s")
    for row in rows:
        served_id = row["link"].split("=")[1].split("&")[0]
        value = {
            protocol: results.metadata[f"{served_id}.{protocol}"]["accuracy"]["track"]["value"]
            for protocol in ("fault_filtered", "segment_random")
        }
        assert row["against"] == pytest.approx(value["fault_filtered"] - value["segment_random"])


def test_overview_title_names_the_state(results: Results) -> None:
    _, title = overview.update_headline(results, "new-song", "segment", "all")
    assert title == "Overview: new song, 3-second segments · GenreLens"
