"""One contract for every declared model, and what each family promises."""

import functools
import pickle
import warnings
from typing import Any

import numpy as np
import pytest

from pipeline.artifacts import RunId
from pipeline.models import MODELS
from pipeline.models.specification import ALL_TABLES
from pipeline.splits import PROTOCOLS

FAMILIES = {
    "dummy", "linear", "tree", "boosting", "neighbours", "dense", "convolutional", "recurrent",
    "fused", "clusters",
}  # fmt: skip
RNG = np.random.default_rng(0)
Y = np.repeat(np.arange(3), 40)
GROUPS = np.repeat(np.arange(30), 4)
X = (RNG.normal(size=(120, 6)) + 2 * Y[:, None]).astype(np.float32) * 100
# of spectrograms: tests of their own are test_models_images and test_models_networks
PICTURES = {
    "images_kaggle", "hog_9", "hog_12", "mel_clip", "image_statistics", "mel_3s", "mfcc_sequence",
    "mfcc_pieces", "fused",
}  # fmt: skip
SUPERVISED = [
    model.name
    for model in MODELS.values()
    if model.technique == "supervised" and set(model.representations) & set(ALL_TABLES)
]
UNSUPERVISED = [model.name for model in MODELS.values() if model.technique == "unsupervised"]
# accuracy of random 3-s segments in the published studies
PUBLISHED = {
    "logistic": 0.71, "decision_tree": 0.66, "bagged_trees": 0.83, "random_forest_default": 0.87,
    "random_forest_tuned_3s": 0.90, "knn_1": 0.904, "lightgbm": 0.913, "dense": 0.888,
}  # fmt: skip


def fitted(name: str, seed: int, y: np.ndarray = Y) -> Any:
    """Fit a supervised model on the made-up rows as the pipeline does; a warning is an error."""
    extra = {"groups": GROUPS} if MODELS[name].grouped else {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return MODELS[name].build(seed).fit(X, y, **extra)


@functools.cache
def fitted_once(name: str) -> Any:
    """Fit each model once for the tests that only look at it."""
    return fitted(name, 1)


@pytest.mark.parametrize("name", MODELS)
def test_declaration_is_complete(name):
    model = MODELS[name]
    assert model.name == name
    assert str(RunId.parse(f"gtzan.features_3s.{name}.track_kfold")).count(".") == 3
    assert model.family in FAMILIES
    assert model.representations
    assert set(model.representations) <= {*ALL_TABLES, *PICTURES}
    assert model.title and model.params
    assert not (model.stops_early and model.grouped)


def test_titles_tell_models_apart():
    assert len({model.title for model in MODELS.values()}) == len(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_published_figures_have_a_source_and_one_of_our_protocols(name):
    for representation, figure in (MODELS[name].published or {}).items():
        assert representation in MODELS[name].representations
        assert 0 < figure.accuracy < 1
        assert 0 < figure.test_share < 1
        assert figure.source
        assert PROTOCOLS[figure.protocol].supervised
        assert figure.unit == ("segment" if figure.protocol == "segment_random" else "track")


@pytest.mark.parametrize(("name", "accuracy"), PUBLISHED.items())
def test_published_figures_of_random_segments_are_declared(name, accuracy):
    assert MODELS[name].published["features_3s"].accuracy == accuracy


@pytest.mark.parametrize("name", SUPERVISED)
def test_supervised_model_gives_probabilities(name):
    proba = fitted_once(name).predict_proba(X)
    assert proba.shape == (120, 3)
    assert (proba >= 0).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-6)
    if MODELS[name].family != "dummy":
        assert (proba.argmax(axis=1) == Y).mean() > 0.8


@pytest.mark.parametrize("name", SUPERVISED)
def test_supervised_model_repeats_itself_whatever_was_fitted_before(name):
    first = fitted_once(name)
    before = first.predict_proba(X).tobytes()
    again = fitted(name, 1).predict_proba(X).tobytes()
    assert again == before == first.predict_proba(X).tobytes()


@pytest.mark.parametrize("name", SUPERVISED)
def test_supervised_model_survives_pickling(name):
    model = fitted_once(name)
    copy = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(copy.predict_proba(X), model.predict_proba(X))


@pytest.mark.parametrize("name", [m.name for m in MODELS.values() if m.search])
def test_searched_settings_are_settings_of_the_estimator(name):
    known = MODELS[name].build(0).get_params()
    assert set(MODELS[name].search) <= set(known)
    for values in MODELS[name].search.values():
        assert len(values) > 1


def test_a_forest_and_a_boosted_model_can_be_searched():
    assert {"tree", "boosting"} <= {m.family for m in MODELS.values() if m.search}


def test_some_models_are_fast_enough_to_repeat():
    fast = [model for model in MODELS.values() if model.repeated]
    assert len(fast) >= 5
    assert not any(model.stops_early or model.grouped for model in fast)


@pytest.mark.parametrize("name", UNSUPERVISED)
def test_clusters_do_not_depend_on_the_scale_of_a_feature(name):
    labels = MODELS[name].build(0).fit_predict(X)
    scaled = MODELS[name].build(0).fit_predict(X * np.array([1, 1000, 1, 1, 1, 1]))
    pairs = {(a, b) for a, b in zip(labels, scaled, strict=True)}
    assert len(pairs) == len(set(labels)) == MODELS[name].params["n_clusters"]


def test_dummy_answers_with_the_commonest_genre():
    model = MODELS["dummy"].build(0).fit(X[:90], np.where(Y[:90] == 2, 2, 1))
    assert (model.predict(X) == 1).all()


@pytest.mark.parametrize("name", ["logistic", "logistic_l2", "logistic_l1", "lda_shrinkage",
                                  "knn_1", "svm_rbf"])  # fmt: skip
def test_the_unit_of_a_feature_does_not_matter(name):
    """Features are standardised inside the model, by its training rows."""
    other = X * np.array([1e-3, 1, 1e4, 1, 1, 1], dtype=np.float32)
    model, rescaled = MODELS[name].build(0).fit(X, Y), MODELS[name].build(0).fit(other, Y)
    np.testing.assert_allclose(model.predict_proba(X), rescaled.predict_proba(other), atol=1e-3)


def test_l1_leaves_features_out_and_no_penalty_grows_weights():
    noise = RNG.normal(size=(120, 40)).astype(np.float32)
    weights = {
        name: MODELS[name].build(0).fit(np.hstack([X, noise]), Y)[-1].coef_
        for name in ("logistic", "logistic_l2", "logistic_l1")
    }
    assert (weights["logistic_l1"] == 0).mean() > 0.3
    assert (weights["logistic_l2"] == 0).mean() == 0
    assert np.abs(weights["logistic"]).sum() > np.abs(weights["logistic_l2"]).sum()


def test_nearest_neighbour_knows_its_training_rows():
    model = MODELS["knn_1"].build(0).fit(X, Y)
    assert (model.predict_proba(X).argmax(axis=1) == Y).all()
