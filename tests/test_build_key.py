"""What a results folder depends on, and what it holds of several data sets."""

from dataclasses import replace

import pytest
from small_dataset import small_dataset

from pipeline import artifacts, build
from pipeline.analysis import clusters
from pipeline.build import build_results
from pipeline.cache import Cache
from pipeline.plan import Selection

TABLES = small_dataset().tables
CLIPS = replace(small_dataset(), tables={"features_30s": TABLES["features_30s"]})
QUICK = Selection(("dummy", "decision_tree", "kmeans_10"), ("fault_filtered", "in_sample"), jobs=1)


def quiet(done: int, total: int, label: str) -> None:
    assert done <= total


@pytest.fixture(autouse=True)
def one_start(monkeypatch):
    monkeypatch.setattr(clusters, "N_INIT", 1)


def test_data_lists_and_choices_are_ingredients_too():
    plan = [build._planned(CLIPS, QUICK)]
    X = CLIPS.tables["features_30s"].X.copy()
    X[3, 3] += 1
    table = replace(CLIPS.tables["features_30s"], X=X)
    variants = [
        replace(CLIPS, tables={"features_30s": table}),
        replace(CLIPS, blanks={"clip_random": "other reason"}),
        replace(CLIPS, fault_filtered=CLIPS.fault_filtered.iloc[:-1]),
        replace(CLIPS, artist_group=None, artist_fold=None),
    ]
    keys = {build._key(plan, QUICK, {})}
    keys |= {build._key([build._planned(one, QUICK)], QUICK, {}) for one in variants}
    keys |= {build._key(plan, QUICK, {"artist_3fold": {"id": "x"}})}
    keys |= {build._key(plan, replace(QUICK, full=True), {})}
    assert len(keys) == 7
    assert build._key([build._planned(CLIPS, QUICK)], QUICK, {}) in keys


def test_several_data_sets_share_one_folder(tmp_path):
    clips = replace(CLIPS.tables["features_30s"], dataset="other", representation="echonest")
    other = replace(CLIPS, name="other", tables={"echonest": clips}, fault_filtered=None)
    selection = Selection(("dummy",), ("clip_random",), jobs=1)
    build_results([CLIPS, other], tmp_path / "r", selection, cache=Cache(None), advance=quiet)
    content = artifacts.read_results(tmp_path / "r")
    assert content["ids"] == [
        "small.features_30s.dummy.clip_random",
        "other.echonest.dummy.clip_random",
    ]
    assert set(content["datasets"]) == {"small", "other"}
    blank = {row["protocol"] for row in content["blanks"] if row["dataset"] == "other"}
    assert blank == {"segment_random", "fault_filtered", "official"}
