"""Results in memory: read once, read again when replaced, errors that name a remedy."""

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from tiny_results import write_tiny_results

from dashboard.state import MOST_RECENT, ResultsError, State, load_results


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny_results(tmp_path / "results")


def test_results_are_read_once(folder: Path) -> None:
    state = State(folder)
    assert state.current() is state.current()


def test_results_are_read_again_when_run_json_changes(folder: Path) -> None:
    state = State(folder)
    before = state.current()
    run = folder / "run.json"
    run.write_text(run.read_text().replace("2025-01-02", "2025-01-03"))
    os.utime(run, ns=(1, 1))
    after = state.current()
    assert after is not before
    assert after.run["finished_at"].startswith("2025-01-03")


def test_digest_tells_other_results_of_the_same_run_apart(folder: Path) -> None:
    before = load_results(folder).digest
    analysis = folder / "analysis" / "seed_ranges.parquet"
    for path in (folder / "results.json", folder / "scores.parquet", analysis):
        kept = path.read_bytes()
        if path.suffix == ".json":
            path.write_bytes(kept.replace(b"LightGBM", b"LIGHTgbm"))  # as long as before
        else:
            table = pd.read_parquet(path)
            (table.iloc[:-1] if path == analysis else table.iloc[::-1]).to_parquet(path)
        assert load_results(folder).digest != before, path.name
        path.write_bytes(kept)
    assert load_results(folder).digest == before
    analysis.unlink()
    assert load_results(folder).digest != before


def test_digest_of_a_copy_is_the_same_whenever_it_was_copied(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy", copy_function=shutil.copyfile))
    for path in copy.rglob("*"):
        os.utime(path, ns=(1, 1))
    assert load_results(copy).digest == load_results(folder).digest
    assert len(load_results(copy).digest) == 12


def test_runs_have_one_row_each(folder: Path) -> None:
    results = State(folder).current()
    assert list(results.runs["id"]) == results.content["ids"]
    first = results.runs.iloc[0]
    assert first["id"].startswith(f"{first['served_id']}.")


def test_confusion_counts_each_predicted_track_once(folder: Path) -> None:
    results = State(folder).current()
    counts = results.confusion("gtzan.features_3s.lightgbm.track_kfold", "track")
    assert counts.to_numpy().sum() == 100
    assert results.confusion("gtzan.features_3s.lightgbm.track_kfold", "track") is counts


def test_history_is_none_without_epochs(folder: Path) -> None:
    results = State(folder).current()
    assert results.history("gtzan.features_3s.lightgbm.track_kfold") is None
    history = results.history("gtzan.features_3s.dense.track_kfold")
    assert history is not None
    assert set(history["fold"]) == {0, 1}


def test_analyses_of_a_run_are_read_once_and_the_last_dozen_kept(folder: Path) -> None:
    results = State(folder).current()
    first = results.analysis_of_run("roc", "gtzan.features_3s.dense.fault_filtered")
    assert results.analysis_of_run("roc", "gtzan.features_3s.dense.fault_filtered") is first
    others = sorted(results.analysed_runs("coverage"))[:MOST_RECENT]
    for run_id in others:
        results.analysis_of_run("coverage", run_id)
    assert results.analysis_of_run("roc", "gtzan.features_3s.dense.fault_filtered") is not first


def test_run_without_an_analysis_has_its_columns_and_no_rows(folder: Path) -> None:
    results = State(folder).current()
    assert "gtzan.features_3s.dummy.fault_filtered" not in results.analysed_runs("roc")
    table = results.analysis_of_run("roc", "gtzan.features_3s.dummy.fault_filtered")
    assert table.empty and "true_positive_rate" in table
    (folder / "analysis" / "roc.parquet").unlink()
    assert State(folder).current().analysed_runs("roc") == frozenset()


def test_synthetic_is_said_by_the_data_set(tmp_path: Path, folder: Path) -> None:
    assert not State(folder).current().synthetic
    assert State(write_tiny_results(tmp_path / "demo", synthetic=True)).current().synthetic


@pytest.mark.parametrize("name", ["run.json", "results.json", "scores.parquet"])
def test_missing_file_is_named_with_a_remedy(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ResultsError, match=rf"{name} not found. Run `make results`"):
        State(folder).current()


def test_half_written_results_are_damaged(folder: Path) -> None:
    path = folder / "results.json"
    path.write_text(path.read_text()[:400])
    with pytest.raises(ResultsError, match="damaged"):
        State(folder).current()


def test_unknown_schema_version_is_refused(folder: Path) -> None:
    path = folder / "results.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema_version": 99}))
    with pytest.raises(ResultsError, match="schema_version 99; this program reads"):
        State(folder).current()


def test_results_that_come_later_are_found(tmp_path: Path) -> None:
    state = State(tmp_path / "later")
    with pytest.raises(ResultsError, match="not found"):
        state.current()
    write_tiny_results(tmp_path / "later")
    assert len(state.current().runs)
