"""Models on pictures: principal components by a detour, and every classical entry."""

import pickle

import numpy as np
import pytest
from sklearn.decomposition import PCA

from pipeline.models import MODELS
from pipeline.models.images import RidgeMargins
from pipeline.models.principal import PrincipalComponents

RNG = np.random.default_rng(0)
Y = np.repeat(np.arange(4), 25)
PICTURES = RNG.uniform(size=(100, 24, 36)).astype(np.float32)
PICTURES[:, :3] = 1.0  # a margin
for place, genre in enumerate(Y):
    PICTURES[place, 5 + 4 * genre : 8 + 4 * genre] += 1
HISTOGRAMS = PICTURES.reshape(100, -1)
CLASSICAL = [
    (model.name, representation)
    for model in MODELS.values()
    if model.technique == "supervised"
    for representation in model.representations
    if representation in ("images_kaggle", "hog_9", "hog_12")
]


@pytest.mark.parametrize(("share", "n"), [(0.5, None), (0.9, None), (0.99999999, 99)])
def test_components_are_those_of_scikit_learn(share, n):
    ours = PrincipalComponents(share).fit(PICTURES)
    theirs = PCA(share, svd_solver="full").fit(HISTOGRAMS.astype(np.float64))
    assert len(ours.components_) == theirs.n_components_ == (n or theirs.n_components_)
    new = RNG.uniform(size=(5, 24, 36)).astype(np.float32)
    for rows in (PICTURES, new):
        got = ours.transform(rows) * ours.scale_
        # pixels that never varied are left out, so the new ones must not vary there either
        rows = np.where(ours.varies_, rows.reshape(len(rows), -1), ours.varies_ * 0 + 1.0)
        expected = theirs.transform(rows.astype(np.float64))
        np.testing.assert_allclose(np.abs(got), np.abs(expected), atol=2e-4)


def test_coordinates_vary_by_one_on_average_whatever_the_unit():
    for unit in (1, 255):
        got = PrincipalComponents(0.9).fit(PICTURES * unit).transform(PICTURES * unit)
        assert got.var(axis=0).mean() == pytest.approx(1, rel=1e-4)


def test_a_margin_does_not_count():
    fitted = PrincipalComponents().fit(PICTURES)
    assert fitted.varies_.sum() == 21 * 36
    marked = PICTURES.copy()
    marked[:, :3] = 0
    np.testing.assert_array_equal(fitted.transform(marked), fitted.transform(PICTURES))


def test_blocks_do_not_change_the_components(monkeypatch):
    whole = PrincipalComponents(0.9).fit(PICTURES).transform(PICTURES)
    monkeypatch.setattr("pipeline.models.principal.BLOCK", 50)
    parts = PrincipalComponents(0.9).fit(PICTURES).transform(PICTURES)
    np.testing.assert_allclose(parts, whole, atol=1e-4)


def test_rows_that_are_all_the_same_are_refused():
    with pytest.raises(ValueError, match="nothing varies"):
        PrincipalComponents().fit(np.ones((5, 3, 4), dtype=np.float32))


@pytest.mark.parametrize(("name", "representation"), CLASSICAL)
def test_a_classical_model_takes_pictures_and_repeats_itself(name, representation):
    X = PICTURES if representation == "images_kaggle" else HISTOGRAMS
    answers = []
    for _ in range(2):
        model = MODELS[name].build(1).fit(X, Y)
        proba = model.predict_proba(X)
        assert proba.shape == (100, 4)
        np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-6)
        answers.append(proba)
    assert answers[0].tobytes() == answers[1].tobytes()
    assert (answers[0].argmax(axis=1) == Y).mean() > 0.9
    np.testing.assert_allclose(model.predict_proba(X[:3]), answers[0][:3], atol=1e-9)
    copy = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(copy.predict_proba(X), answers[0])


@pytest.mark.parametrize("n_genres", [2, 3])
def test_ridge_answers_as_scikit_learn_does(n_genres):
    X = RNG.normal(size=(60, 5))
    y = np.arange(60) % n_genres
    model = RidgeMargins(alpha=2.0).fit(X, y)
    np.testing.assert_array_equal(model.predict(X), model.ridge_.predict(X))
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1)


@pytest.mark.parametrize(
    ("name", "accuracies"),
    [
        ("pixels_logistic", {"images_kaggle": 0.57}),
        ("pixels_tree", {"images_kaggle": 0.315}),
        ("pixels_forest", {"images_kaggle": 0.415}),
        ("pixels_svm", {"images_kaggle": 0.365}),
        ("hog_logistic", {"hog_9": 0.635, "hog_12": 0.65}),
        ("hog_ridge", {"hog_12": 0.525}),
        ("hog_lightgbm", {"hog_12": 0.545}),
        ("image_softmax", {"images_kaggle": 0.545}),
        ("image_dense", {"images_kaggle": 0.24}),
        ("image_patches", {"images_kaggle": 0.313}),
        ("lstm_pieces", {"mfcc_pieces": 0.65}),
        ("cnn_lstm", {"mel_clip": 0.85}),
    ],
)
def test_published_figures_are_declared(name, accuracies):
    published = MODELS[name].published
    assert {table: figure.accuracy for table, figure in published.items()} == accuracies
