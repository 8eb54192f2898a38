"""The contract of results/: what is read back, and what a damaged folder is told."""

import json

import pandas as pd
import pytest
from tiny_results import write_tiny_results

from pipeline import artifacts
from pipeline.artifacts import ResultsError, RunId


@pytest.fixture
def results(tmp_path):
    return write_tiny_results(tmp_path / "results")


def test_run_id_survives_its_text():
    for text in ("gtzan.features_3s.dense.track_kfold", "a.b.c.d.seed3"):
        assert str(RunId.parse(text)) == text
    assert RunId.parse("a.b.c.d.seed3").served_id == "a.b.c"


@pytest.mark.parametrize("text", ["a.b.c", "a.b.c.d.e.f", "a..c.d", ""])
def test_malformed_run_id_is_refused(text):
    with pytest.raises(ValueError, match="a run id is <dataset>"):
        RunId.parse(text)


def test_missing_results_name_the_command_to_run(tmp_path):
    with pytest.raises(ResultsError, match=r"results.json not found. Run `make results`"):
        artifacts.read_results(tmp_path)


def test_half_written_results_are_called_damaged(results):
    path = results / "results.json"
    path.write_text(path.read_text()[:200])
    with pytest.raises(ResultsError, match="is damaged"):
        artifacts.read_results(results)


@pytest.mark.parametrize("content", ["[]", '{"schema_version": 99}', "{}"])
def test_another_schema_version_is_named(results, content):
    (results / "results.json").write_text(content)
    with pytest.raises(ResultsError, match="this program reads 1"):
        artifacts.read_results(results)


def test_lists_of_different_length_are_refused(results):
    path = results / "results.json"
    content = json.loads(path.read_text())
    content["images"].pop()
    path.write_text(json.dumps(content))
    with pytest.raises(ResultsError, match="'images' is not a list as long as 'ids'"):
        artifacts.read_results(results)


def test_unknown_protocol_in_metadata_is_refused(results):
    path = results / "results.json"
    content = json.loads(path.read_text())
    content["metadata"][0]["protocol"] = "invented"
    path.write_text(json.dumps(content))
    with pytest.raises(ResultsError, match="unknown protocol 'invented'"):
        artifacts.read_results(results)


def test_damaged_parquet_and_missing_column_are_named(results):
    path = results / "scores.parquet"
    pd.DataFrame({"id": ["x"]}).to_parquet(path)
    with pytest.raises(ResultsError, match="lacks the columns unit, metric"):
        artifacts.read_scores(results)
    path.write_bytes(b"PAR1 not really")
    with pytest.raises(ResultsError, match="is damaged"):
        artifacts.read_scores(results)


def test_a_failed_write_leaves_the_old_file_and_no_temporary(tmp_path):
    path = tmp_path / "file.json"
    artifacts.write_json(path, {"a": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        artifacts.write_json(path, {"a": float("nan")})

    def broken(temporary):
        temporary.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        artifacts.write_atomic(path, broken)
    assert json.loads(path.read_text()) == {"a": 1}
    assert [entry.name for entry in tmp_path.iterdir()] == ["file.json"]


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_tables_survive_writing(tmp_path, name):
    table = pd.DataFrame({"track_id": ["a", "b"], "value": [0.5, 0.25]})
    artifacts.write_table(tmp_path / name, table)
    pd.testing.assert_frame_equal(artifacts.read_table(tmp_path / name, ["value"]), table)


def test_only_the_columns_asked_for_are_read(tmp_path):
    artifacts.write_table(tmp_path / "table.parquet", pd.DataFrame({"a": [1], "b": [2]}))
    assert list(artifacts.read_table(tmp_path / "table.parquet", ["b"], only=True)) == ["b"]


def test_no_exported_model_is_said_so(results):
    with pytest.raises(ResultsError, match="no exported model"):
        artifacts.read_cards(results)
