"""Permutation finds what a model uses; weights are read where a model has them."""

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from pipeline.analysis.importance import (
    ANSWER_COLUMNS,
    model_importance_rows,
    model_importances,
    permutation_importance_rows,
    permuted_answers,
)
from pipeline.artifacts.analysis import validate_analysis

GENRES = ["blues", "jazz", "rock"]
FEATURES = ["rms_mean", "mfcc1_mean", "mfcc2_mean", "tempo"]
FAMILIES = {"spectral": [0], "MFCC": [1, 2], "rhythm": [3]}


def songs(n_tracks: int = 150) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Three rows a track; the genre is in feature 1 and, weaker, in 2; 0 and 3 are noise."""
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(n_tracks) % 3, 3)
    X = rng.normal(size=(len(y), 4)).astype(np.float32)
    X[:, 1] = 100 * (X[:, 1] + 3 * y)
    X[:, 2] += y
    track = np.repeat([f"t{number:03d}" for number in rng.permutation(n_tracks)], 3)
    rows = pd.DataFrame({"track_id": track, "genre": np.array(GENRES)[y], "fold": 0})
    return X, y, rows


X, Y, ROWS = songs()
FOREST = RandomForestClassifier(30, random_state=0).fit(X[::3], Y[::3])
GROUP = pd.Series({track: int(track[1:]) for track in ROWS["track_id"]})


def answers(estimator=FOREST, **changes) -> pd.DataFrame:
    arguments = {"families": FAMILIES, "genres": GENRES, "seed": 0, "n_repeats": 4} | changes
    return permuted_answers(estimator, X, ROWS, **arguments)


def test_frame_holds_every_track_family_and_repeat_once():
    frame = answers()
    assert list(frame.columns) == ANSWER_COLUMNS
    assert len(frame) == 150 * (1 + 3 * 4)
    assert not frame.duplicated(["track_id", "family", "repeat"]).any()
    assert frame["correct"].isin([0, 1]).all()


def test_unpermuted_answers_are_the_vote_of_the_rows():
    frame = answers()
    votes = pd.DataFrame(FOREST.predict_proba(X)).groupby(ROWS["track_id"]).mean()
    true = ROWS.groupby("track_id")["genre"].first()
    expected = (np.array(GENRES)[votes.to_numpy().argmax(axis=1)] == true).to_numpy()
    found = frame[frame["family"] == ""].set_index("track_id")["correct"].sort_index()
    np.testing.assert_array_equal(found, expected)


def test_only_the_family_that_matters_loses_accuracy():
    table = permutation_importance_rows("x", answers(), GROUP)
    validate_analysis(table, "importances")
    drop = table.set_index("family")["value"]
    assert drop["MFCC"] > 0.3
    assert abs(drop["rhythm"]) < 0.05 and abs(drop["spectral"]) < 0.05
    assert (table["kind"] == "permutation").all() and (table["n_repeats"] == 4).all()
    assert (table["ci_low"] <= table["value"]).all() and (table["value"] <= table["ci_high"]).all()
    assert table["ci_low"].iloc[1] > 0.2


def test_a_family_keeps_its_features_together():
    class Together:
        """Right only while two columns go together."""

        def predict_proba(self, X: np.ndarray) -> np.ndarray:
            assert (X[:, 1] == X[:, 0] + 1).all()
            return np.tile([0.5, 0.3, 0.2], (len(X), 1))

    columns = np.column_stack([np.arange(450), np.arange(450) + 1, X[:, 0]])
    frame = permuted_answers(
        Together(), columns, ROWS, {"pair": [0, 1]}, GENRES, seed=0, n_repeats=2
    )
    assert frame["correct"].mean() == pytest.approx(1 / 3)


def test_permuting_is_repeatable_and_leaves_the_data_alone():
    before = X.copy()
    assert answers().equals(answers())
    assert not answers().equals(answers(seed=1))
    np.testing.assert_array_equal(X, before)


def test_a_family_of_its_own_repeats_whatever_other_families_there_are():
    alone = answers(families={"spectral": [0]})
    both = answers()
    both = both[both["family"].isin(["", "spectral"])].reset_index(drop=True)
    assert alone.equals(both)


def test_importance_value_by_hand():
    rows = [
        ("a", 0, "", 0, 1), ("b", 1, "", 0, 1),
        ("a", 0, "MFCC", 0, 0), ("a", 0, "MFCC", 1, 1),
        ("b", 1, "MFCC", 0, 0), ("b", 1, "MFCC", 1, 0),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=ANSWER_COLUMNS)
    table = permutation_importance_rows("x", frame, pd.Series({"a": 0, "b": 1}))
    assert table["value"].tolist() == [0.75]
    assert (table["ci_low"].iloc[0], table["ci_high"].iloc[0]) == (0.5, 1.0)


def test_answers_with_gaps_are_refused():
    frame = answers()
    with pytest.raises(ValueError, match="every track needs an answer"):
        permutation_importance_rows("x", frame[frame["family"] != ""], GROUP)
    gap = frame[~((frame["family"] == "MFCC") & (frame["track_id"] == "t003"))]
    with pytest.raises(ValueError, match="every track needs an answer"):
        permutation_importance_rows("x", gap, GROUP)


LINEAR = make_pipeline(StandardScaler(), LogisticRegression())
WEIGHTED = [
    (LINEAR, "coefficient"),
    (make_pipeline(StandardScaler(), LinearDiscriminantAnalysis()), "coefficient"),
    (DecisionTreeClassifier(max_depth=3, random_state=0), "impurity"),
    (RandomForestClassifier(20, random_state=0), "impurity"),
    (BaggingClassifier(n_estimators=5, max_features=0.9, random_state=0), "impurity"),
    (LGBMClassifier(n_estimators=5, verbose=-1, n_jobs=1), "impurity"),
]


@pytest.mark.parametrize(("estimator", "kind"), WEIGHTED)
def test_weights_are_shares_and_the_feature_with_the_genre_leads(estimator, kind):
    table = model_importances(estimator.fit(X, Y), FEATURES)
    assert table["feature"].tolist() == FEATURES
    assert table["family"].tolist() == ["spectral", "MFCC", "MFCC", "rhythm"]
    assert set(table["kind"]) == {kind}
    assert table["value"].sum() == pytest.approx(1) and (table["value"] >= 0).all()
    assert table["feature"][table["value"].idxmax()] == "mfcc1_mean"


def test_forest_shares_are_scikit_learns():
    table = model_importances(FOREST, FEATURES)
    np.testing.assert_allclose(table["value"], FOREST.feature_importances_)


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(),  # coefficients in the features' own units cannot be compared
        make_pipeline(StandardScaler(), PCA(4), LogisticRegression()),
        make_pipeline(PCA(2), DecisionTreeClassifier()),
        make_pipeline(StandardScaler(), KNeighborsClassifier()),
        BaggingClassifier(KNeighborsClassifier(), n_estimators=2),
    ],
)
def test_models_that_do_not_weigh_features_give_none(estimator):
    scaled = (X - X.mean(axis=0)) / X.std(axis=0)
    assert model_importances(estimator.fit(scaled, Y), FEATURES) is None


def test_rows_are_means_over_folds():
    first, second = (model_importances(LINEAR.fit(X[part], Y[part]), FEATURES)
                     for part in (slice(0, 225), slice(225, None)))  # fmt: skip
    table = model_importance_rows("x", [first.assign(fold=0), second.assign(fold=1)])
    validate_analysis(table, "importances")
    np.testing.assert_allclose(table["value"], (first["value"] + second["value"]) / 2)
    assert table["feature"].tolist() == FEATURES and table[["ci_low", "ci_high"]].isna().all(
        axis=None
    )
