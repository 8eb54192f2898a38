"""Temperature scaling finds the temperature that spoiled the probabilities."""

import numpy as np
import pandas as pd
import pytest

from pipeline.calibration import fitted_temperature, tempered, track_probabilities
from pipeline.metrics import expected_calibration_error


def spoiled_predictions(temperature: float, *, n: int = 4000) -> pd.DataFrame:
    """Calibrated probabilities, raised to 1 / temperature; a row is a track."""
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(3), n)
    y_true = np.array([rng.choice(3, p=p) for p in proba])
    frame = pd.DataFrame(tempered(proba, temperature), columns=["proba_a", "proba_b", "proba_c"])
    frame["track_id"] = [f"t{i:05d}" for i in range(n)]
    frame["segment"] = -1
    frame["part"] = "validation"
    frame["y_true"] = np.array(list("abc"))[y_true]
    return frame


def test_tempered_by_one_changes_nothing():
    proba = np.random.default_rng(0).dirichlet(np.ones(4), 10)
    np.testing.assert_allclose(tempered(proba, 1.0), proba, atol=1e-5)


def test_tempered_sums_to_one_and_keeps_the_order():
    proba = np.array([[0.0, 0.2, 0.8]])
    soft = tempered(proba, 3.0)
    assert soft.sum() == pytest.approx(1)
    assert soft[0].argsort().tolist() == [0, 1, 2]


@pytest.mark.parametrize("spoiled", [0.4, 1.0, 2.5])
def test_fitted_temperature_undoes_what_spoiled_the_probabilities(spoiled):
    frame = spoiled_predictions(spoiled)
    assert fitted_temperature(frame, part="validation") == pytest.approx(1 / spoiled, rel=0.1)


def test_calibration_error_falls():
    frame = spoiled_predictions(0.4)
    before = expected_calibration_error(*track_probabilities(frame, part="validation"))
    temperature = fitted_temperature(frame, part="validation")
    after = expected_calibration_error(
        *track_probabilities(frame, part="validation", temperature=temperature)
    )
    assert after < before / 3


def test_windows_are_tempered_before_they_are_averaged():
    frame = pd.DataFrame(
        {
            "track_id": ["t", "t"],
            "segment": [0, 1],
            "part": "test",
            "y_true": "a",
            "proba_a": [0.9, 0.3],
            "proba_b": [0.1, 0.7],
        }
    )
    y_true, proba = track_probabilities(frame, part="test", temperature=2.0)
    expected = tempered(frame[["proba_a", "proba_b"]].to_numpy(), 2.0).mean(axis=0)
    np.testing.assert_allclose(proba, [expected])
    assert y_true.tolist() == [0]
