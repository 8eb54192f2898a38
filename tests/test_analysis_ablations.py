"""What an ingredient is worth, against the same numbers computed another way."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tiny_networks import PARAMS as TINY
from tiny_networks import declared, spectrogram_dataset

from pipeline.analysis import ablations as module
from pipeline.analysis.ablations import ABLATIONS, Ablation, Recipe, ablations, validation_answers
from pipeline.analysis.network_views import viewed_unit
from pipeline.artifacts import RunId
from pipeline.artifacts.analysis import ANALYSES, validate_analysis
from pipeline.cache import Cache
from pipeline.features.fused import FUSED
from pipeline.models import MODELS
from pipeline.models.networks.network import build_network
from pipeline.splits import track_groups

DATASET = spectrogram_dataset()
GROUPS = track_groups(DATASET)
TABLE = DATASET.tables["mel_clip"]
RUN_ID = RunId("small", "mel_clip", "coin", "fault_filtered")
PARAMS = {"bias": 0.55, "masks": {"bands": 2}, "mixup": None}
PART = DATASET.fault_filtered.set_index("track_id")["split"]
SEEN: list[Any] = []


class Coin:
    """Answers right by chance, less often without masks; keeps what it was given."""

    def __init__(self, params: dict[str, Any], seed: int) -> None:
        self.share = params["bias"] if params["masks"] else params["bias"] - 0.3
        self.seed = seed

    def fit(self, X: np.ndarray, y: np.ndarray, **extra: Any) -> "Coin":
        """Learn nothing."""
        SEEN.append(X)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the true genre where the coin falls so, else the next one."""
        SEEN.append(X)
        place = (X[:, None] == TABLE.X[None]).all(axis=(2, 3)).argmax(axis=1)
        true = TABLE.rows["genre"].iloc[place].map(list(TABLE.genres).index).to_numpy()
        draws = np.random.default_rng(self.seed).random(len(TABLE.rows))[place]
        return np.eye(3)[(true + (draws > self.share)) % 3]


def quiet(done: int, total: int, label: str) -> None:
    assert done <= total


def table_of(cache: Cache, *, dataset=DATASET, run_ids=(RUN_ID,), advance=quiet) -> pd.DataFrame:
    return ablations(dataset, GROUPS, run_ids, seed=0, cache=cache, jobs=1, advance=advance)


@pytest.fixture(autouse=True)
def coin():
    fields = {"name": "coin", "params": PARAMS, "build": partial(Coin, PARAMS)}
    with declared(**fields, stops_early=False) as specification:
        yield specification


def test_rows_agree_with_a_computation_of_their_own(tmp_path):
    found = table_of(Cache(tmp_path))
    validate_analysis(found, "ablations")
    (row,) = found.to_dict("records")  # of the ingredients, the coin has masks only
    assert (row["ingredient"], row["id"]) == ("masks", "small.mel_clip.coin")
    held = TABLE.rows["track_id"].isin(PART.index[PART == "validation"]).to_numpy()
    draws = np.array([np.random.default_rng(seed).random(len(held))[held] for seed in range(3)])
    whole, without = draws <= 0.55, draws <= 0.25
    assert (row["n_seeds"], row["n_units"]) == (3, held.sum())
    assert row["with_accuracy"] == pytest.approx(whole.mean())
    assert row["without_accuracy"] == pytest.approx(without.mean())
    assert row["sd_with"] == pytest.approx(np.std(whole.mean(axis=1), ddof=1))
    assert row["sd_without"] == pytest.approx(np.std(without.mean(axis=1), ddof=1))
    gained = (whole.astype(int) - without).mean(axis=0)
    assert row["difference"] == pytest.approx(gained.mean())
    artist = DATASET.artist_group.loc[TABLE.rows["track_id"][held]].to_numpy()
    rng = np.random.default_rng(7)
    by_artist = [gained[artist == one] for one in np.unique(artist)]
    means = [
        np.concatenate(
            [by_artist[one] for one in rng.integers(len(by_artist), size=len(by_artist))]
        ).mean()
        for _ in range(4000)
    ]
    low, high = np.quantile(means, [0.025, 0.975])
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((low, high), abs=0.03)
    assert 0 < row["difference"] and row["ci_low"] < row["difference"] < row["ci_high"]


def test_test_clips_are_never_looked_at(tmp_path):
    SEEN.clear()
    poisoned = TABLE.X.copy()
    tested = TABLE.rows["track_id"].isin(PART.index[PART == "test"]).to_numpy()
    poisoned[tested] = np.nan
    dataset = replace(DATASET, tables={"mel_clip": replace(TABLE, X=poisoned)})
    assert len(table_of(Cache(tmp_path), dataset=dataset)) == 1
    assert len(SEEN) == 2 * 2 * 3 and not any(np.isnan(X).any() for X in SEEN)


def test_each_model_is_fitted_once_however_many_ingredients_it_has(tmp_path, monkeypatch):
    more = Ablation("bias", "Bias", "mel_clip", {"bias": 0.1})
    monkeypatch.setattr(module, "ABLATIONS", (*ABLATIONS, more))
    SEEN.clear()
    assert table_of(Cache(tmp_path))["ingredient"].tolist() == ["masks", "bias"]
    assert len(SEEN) == 2 * 3 * 3  # fitted and asked: whole, without masks, without bias

    def nothing(done: int, total: int, label: str) -> None:
        pytest.fail(f"{label} was computed again")

    table_of(Cache(tmp_path), advance=nothing)


def test_without_a_served_run_on_the_fault_filtered_list_there_is_nothing_to_say(tmp_path):
    others = (
        RunId("small", "mel_clip", "coin", "track_kfold"),
        RunId("small", "mel_clip", "dummy", "fault_filtered"),
    )
    found = table_of(Cache(tmp_path), run_ids=others)
    assert found.empty and tuple(found.columns) == ANALYSES["ablations"].columns


def test_every_declared_ingredient_is_one_of_a_served_model():
    served = [
        (representation, specification.params)
        for specification in MODELS.values()
        for representation in specification.served
        if specification.technique == "deep"
    ]
    for ablation in ABLATIONS:
        assert any(
            representation == ablation.representation and ablation.left_out(params) is not None
            for representation, params in served
        ), ablation.ingredient


def test_a_network_is_trained_with_what_is_left_of_its_recipe():
    recipe = TINY | {"mixup": 0.4, "max_epochs": 3}
    with declared(params=recipe, build=partial(build_network, recipe)):
        run_id = RunId("small", "mel_clip", "tiny", "fault_filtered")
        unit = viewed_unit(run_id, DATASET, GROUPS, seed=4)
        answers = validation_answers(unit=unit, recipe=Recipe(recipe | {"mixup": None}))
    y = TABLE.rows["genre"].map(list(TABLE.genres).index).to_numpy()
    part = PART.loc[TABLE.rows["track_id"]].to_numpy()
    fit, held = part == "train", part == "validation"
    network = build_network(recipe | {"mixup": None}, 4)
    network.fit(TABLE.X[fit], y[fit], validation=(TABLE.X[held], y[held]))
    right = network.predict_proba(TABLE.X[held]).argmax(axis=1) == y[held]
    assert answers.index.tolist() == TABLE.rows["track_id"][held].tolist()
    assert answers.tolist() == right.tolist()


class Member:
    """Keeps what it is fitted on, and nothing else."""

    def __init__(self, params: dict[str, Any], blocks: Any, seed: int) -> None:
        self.params, self.blocks = params, blocks

    def fit(self, X: np.ndarray, y: np.ndarray, groups: np.ndarray) -> "Member":
        """Keep the parts of the rows."""
        SEEN.append((self.params, self.blocks(X), groups))
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the same for all rows."""
        return np.ones((len(X), 3)) / 3


def everything(X: np.ndarray) -> dict[str, np.ndarray]:
    return {"network": FUSED.split(X)[0], "discriminant": X[:, FUSED.n_mel :]}


def test_members_of_a_fused_model_lose_what_is_left_out(tmp_path):
    params = {"members": ["network", "discriminant"], "pull": 0.02}
    rng = np.random.default_rng(0)
    X = rng.normal(size=(len(TABLE.rows), FUSED.width)).astype(np.float32)
    table = replace(TABLE, representation="fused", X=X)
    dataset = replace(DATASET, tables={"fused": table})
    fields = {"stops_early": False, "grouped": True, "served": ("fused",), "params": params}
    build = partial(Member, params, everything)
    SEEN.clear()
    with declared(name="pair", build=build, representations=("fused",), **fields):
        run_id = RunId("small", "fused", "pair", "fault_filtered")
        found = table_of(Cache(tmp_path), dataset=dataset, run_ids=(run_id,))
    assert found["ingredient"].tolist() == ["network", "statistics", "features", "stacking"]
    assert len(SEEN) == 5 * 3
    widths = [blocks["discriminant"].shape[1] for _, blocks, _ in SEEN[::3]]
    whole = FUSED.n_statistics + FUSED.n_song
    assert widths == [whole, whole, FUSED.n_song, FUSED.n_statistics, whole]
    assert [own["members"] for own, _, _ in SEEN[3:7:3]] == [["discriminant"], params["members"]]
    assert SEEN[-1][0]["pull"] > 1e6
    train = TABLE.rows["track_id"].isin(PART.index[PART == "train"]).to_numpy()
    for _, blocks, groups in SEEN:
        assert np.array_equal(blocks["network"], FUSED.split(X[train])[0])
        assert len(groups) == train.sum()
