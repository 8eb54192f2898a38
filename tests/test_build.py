"""From data sets to a results folder: complete, repeatable, and all or nothing."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from small_dataset import small_dataset

from pipeline import artifacts, build
from pipeline.analysis import clusters
from pipeline.build import build_results
from pipeline.cache import Cache
from pipeline.choose import write_candidates
from pipeline.export import ExportError
from pipeline.models import MODELS, dense
from pipeline.plan import Selection, SelectionError
from pipeline.publish import file_digest
from pipeline.splits import PROTOCOLS

DATASET = small_dataset(songs=True)
CLIPS = replace(DATASET, tables={"features_30s": DATASET.tables["features_30s"]})
SELECTION = Selection(
    ("dummy", "random_forest_small", "lda_shrinkage", "dense", "kmeans_10"),
    ("segment_random", "fault_filtered", "in_sample"),
    seeds=(1,),
    jobs=1,
)
QUICK = Selection(("dummy", "decision_tree", "kmeans_10"), ("fault_filtered", "in_sample"), jobs=1)
CHOSEN = "small.features_song.lda_shrinkage"


def quiet(done: int, total: int, label: str) -> None:
    assert done <= total


def no_work(done: int, total: int, label: str) -> None:
    pytest.fail(f"{label} was computed again")


def built(folder: Path, selection: Selection = QUICK, *, dataset=CLIPS, cache=None, **options):
    options = {"advance": quiet} | options
    return build_results([dataset], folder, selection, cache=cache or Cache(None), **options)


def stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    found = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path: (own.st_mtime_ns, own.st_ino) for path, own in found.items()}


@pytest.fixture(autouse=True, scope="module")
def short_work():
    """Nets of few epochs, and clusters started once."""
    with pytest.MonkeyPatch.context() as patch:
        own = partial(dense.build, dense.PARAMS | {"max_epochs": 4})
        net = replace(MODELS["dense"], build=own, representations=("features_30s",))
        patch.setitem(MODELS, "dense", net)
        patch.setattr(clusters, "N_INIT", 1)
        yield


@pytest.fixture(scope="module")
def results(tmp_path_factory, short_work):
    folder = tmp_path_factory.mktemp("built") / "results"
    folder.mkdir()
    write_candidates(folder, {"artist_3fold": {"id": f"{CHOSEN}.artist_3fold"}})
    assert built(folder, SELECTION, dataset=DATASET)
    return folder


def test_results_hold_every_run_and_all_its_files(results):
    content = artifacts.read_results(results)
    plain = [run for run in content["metadata"] if not run["variant"]]
    supervised = 2 * (2 + 1 + 1)  # models x (two protocols on segments, one on clips and songs)
    supervised += 2 + 1  # the small forest has no songs
    supervised += 1  # the net
    assert len(plain) == supervised + 3
    for run_id, metadata, picture in zip(
        content["ids"], content["metadata"], content["images"], strict=True
    ):
        if metadata["technique"] == "unsupervised":
            assert not artifacts.read_clusters(results, run_id).empty
            assert picture is None
            continue
        predictions = artifacts.read_predictions(results, run_id)
        if metadata["variant"]:
            assert artifacts.genres_of(predictions) == [] and picture is None
            continue
        assert artifacts.genres_of(predictions) == list(DATASET.tables["features_3s"].genres)
        counts = artifacts.read_confusion(results, run_id)
        assert counts.to_numpy().sum() == (predictions["part"] == "test").sum()
        tracks = artifacts.read_confusion(results, run_id, "track")
        assert tracks.to_numpy().sum() == predictions.query("part == 'test'")["track_id"].nunique()
        assert (results / picture).stat().st_size > 1000
        assert metadata["model"] != "dense" or len(artifacts.read_history(results, run_id))


def test_repetitions_carry_their_own_seed(results):
    seeds = {
        metadata["variant"]: metadata["seed"]
        for metadata in artifacts.read_results(results)["metadata"]
    }
    assert seeds == {None: 0, "seed1": 1}


def test_metadata_repeats_the_scores_table(results):
    content, scores = artifacts.read_results(results), artifacts.read_scores(results)
    scores = scores.set_index(["id", "unit", "metric", "genre"])
    for metadata in content["metadata"]:
        for unit, figure in (metadata["accuracy"] or {}).items():
            key = (metadata["id"], unit, "accuracy", "")
            assert scores.loc[key, "value"] == figure["value"]
            assert figure["ci_low"] <= figure["value"] <= figure["ci_high"]


def test_nothing_is_missing_without_a_reason(results):
    for metadata in artifacts.read_results(results)["metadata"]:
        absent = {key for key, value in metadata.items() if value is None}
        assert absent - {"variant", "published"} == set(metadata["missing"])


def test_protocols_without_a_run_have_a_reason(results):
    blanks = artifacts.read_results(results)["blanks"]
    assert [(row["dataset"], row["protocol"]) for row in blanks] == [("small", "official")]
    assert all(row["reason"] for row in blanks)


def test_served_models_answer_and_know_their_scores(results):
    cards = artifacts.read_cards(results)
    assert [card["id"] for card in cards] == [
        "small.features_30s.dense",
        "small.features_3s.random_forest_small",
        CHOSEN,  # not declared as served: artist-grouped validation chose it
    ]
    for card in cards:
        session = onnxruntime.InferenceSession(results / "models" / f"{card['id']}.onnx")
        table = DATASET.tables[card["representation"]]
        (proba,) = session.run(["probabilities"], {"features": table.X})
        genres = np.array(card["genres"])
        if card["model"] != "dense":
            assert (genres[proba.argmax(axis=1)] == table.rows["genre"]).mean() > 0.7
        assert card["honest_accuracy"]["protocol"] == "fault_filtered"
        assert card["temperature_fitted_on"]["part"] == "validation"
        assert set(card["evaluated_by"]) <= set(artifacts.read_results(results)["ids"])


def test_run_json_says_what_was_evaluated_and_what_was_written(results):
    run = artifacts.read_run(results)
    (evaluation,) = run["test_evaluations"]
    supervised = [
        metadata["id"]
        for metadata in artifacts.read_results(results)["metadata"]
        if metadata["technique"] != "unsupervised"
    ]
    assert evaluation["run_ids"] == supervised and evaluation["folder"] == results.name
    assert run["inputs_sha256"]["small.features_3s"] == "0" * 64
    assert run["versions"]["scikit-learn"]
    written = {
        str(path.relative_to(results)): file_digest(path)
        for path in results.rglob("*")
        if path.is_file() and path.name not in ("run.json", "candidates.json")
    }
    assert run["files_sha256"] == written


def test_protocols_are_declared_in_results_for_the_page(results):
    declared = artifacts.read_results(results)["protocols"]
    assert set(declared) == set(PROTOCOLS)
    assert all(entry["explanation"].endswith(".") for entry in declared.values())
    assert len({entry["slug"] for entry in declared.values()}) == len(declared)


@pytest.fixture(scope="module")
def kept(tmp_path_factory, short_work):
    """Return a folder that was built with a cache, and the cache."""
    folder = tmp_path_factory.mktemp("kept")
    cache = Cache(folder / "cache")
    built(folder / "results", cache=cache)
    return folder / "results", cache


def test_a_second_build_repeats_every_byte_but_the_timings(tmp_path, monkeypatch):
    results, again = tmp_path / "results", tmp_path / "again"
    monkeypatch.setattr(clusters, "N_INIT", 10)  # as it is in other processes
    built(results)
    built(again, replace(QUICK, jobs=2))
    files = {path.relative_to(results) for path in results.rglob("*") if path.is_file()}
    assert files == {path.relative_to(again) for path in again.rglob("*") if path.is_file()}
    for path in files:
        if path.name not in ("run.json", "results.json"):
            assert (results / path).read_bytes() == (again / path).read_bytes(), path
    assert untimed(results) == untimed(again)


def untimed(folder: Path) -> dict:
    content = artifacts.read_results(folder)
    for metadata in content["metadata"]:
        metadata |= {"train_s": None, "predict_ms": None}
    return content


def test_with_nothing_changed_nothing_is_computed_and_no_file_is_touched(kept):
    results, cache = kept
    before = stamps(results.parent)
    assert built(results, cache=cache, advance=no_work) is False
    assert built(results, replace(QUICK, jobs=2), cache=Cache(None), advance=no_work) is False
    assert stamps(results.parent) == before


@pytest.mark.parametrize("name", ["scores.parquet", "run.json", "results.json", "predictions"])
@pytest.mark.parametrize("deleted", [True, False])
def test_a_deleted_or_altered_file_is_written_again_from_the_cache(kept, name, deleted):
    results, cache = kept
    expected = artifacts.read_results(results)
    path = results / name
    path = next(path.iterdir()) if path.is_dir() else path
    content = path.read_bytes()
    path.unlink() if deleted else path.write_bytes(content[:-9])
    assert built(results, cache=cache, advance=no_work) is True
    if name != "run.json":
        assert path.read_bytes() == content
    assert artifacts.read_results(results) == expected
    assert built(results, cache=cache, advance=no_work) is False


@pytest.mark.parametrize(
    "selection",
    [
        replace(QUICK, models=("dummy", "decision_tree")),
        replace(QUICK, seed=1),
        replace(QUICK, seeds=(3,), protocols=("clip_random", "in_sample", "fault_filtered")),
    ],
)
def test_another_selection_is_a_change(kept, tmp_path, selection):
    before = {path: path.read_bytes() for path in kept[0].rglob("*") if path.is_file()}
    copy = tmp_path / "results"
    for path, content in before.items():
        target = copy / path.relative_to(kept[0])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    assert built(copy, selection, cache=kept[1]) is True
    ids = artifacts.read_results(copy)["ids"]
    assert ids != artifacts.read_results(kept[0])["ids"] or selection.seed == 1


def test_a_model_that_cannot_be_shipped_says_why(tmp_path, monkeypatch):
    def too_large(*arguments: object) -> None:
        raise ExportError("the model takes 9 bytes; at most 8 are served")

    monkeypatch.setattr(build, "write_served_model", too_large)
    built(tmp_path, Selection(("dummy", "lightgbm_small"), ("fault_filtered",), jobs=1))
    by_model = {run["model"]: run for run in artifacts.read_results(tmp_path)["metadata"]}
    assert "at most 8 are served" in by_model["lightgbm_small"]["missing"]["served"]
    assert "served" not in by_model["dummy"]["missing"]
    assert by_model["lightgbm_small"]["served"] is False


def test_a_failed_build_leaves_the_old_results_untouched(tmp_path, monkeypatch):
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "run.json").write_text('{"test_evaluations": ["earlier"]}')
    cache = Cache(tmp_path / "cache")

    def broken(*arguments: object, **options: object) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(build, "_write_clusters", broken)
        with pytest.raises(RuntimeError, match="disk full"):
            built(folder, cache=cache)
    assert [path.name for path in folder.rglob("*")] == ["run.json"]
    assert built(folder, cache=cache, advance=no_work) is True  # all work was kept
    log = artifacts.read_run(folder)["test_evaluations"]
    assert log[0] == "earlier"
    assert len(log) == 3  # the run that failed had evaluated too
    assert {path.name for path in tmp_path.iterdir()} == {"results", "cache"}


def test_a_new_build_drops_files_of_runs_that_are_gone_and_keeps_the_log(tmp_path):
    folder = tmp_path / "results"
    stale = folder / "predictions" / "old.parquet"
    stale.parent.mkdir(parents=True)
    stale.write_text("old")
    (folder / "README.md").write_text("kept")
    for seed in range(2):
        built(folder, Selection(("dummy",), ("fault_filtered",), seed, jobs=1))
    assert not stale.exists()
    assert (folder / "README.md").read_text() == "kept"
    assert len(json.loads((folder / "run.json").read_text())["test_evaluations"]) == 2


def test_a_selection_of_nothing_says_so_and_writes_nothing(tmp_path):
    with pytest.raises(SelectionError, match="no run matches all that was asked for"):
        built(tmp_path / "results", Selection(only="oracle"))
    assert not (tmp_path / "results").exists()
