"""FMA's 518 statistics: names, known signals, and the peculiarities of the published numbers."""

import librosa
import numpy as np
import pytest

from pipeline.features.fma import FMA_COLUMNS, fma_statistics

SR = 44_100
T = np.arange(2 * SR) / SR
TONE = (0.5 * np.sin(2 * np.pi * 2000 * T)).astype(np.float32)


@pytest.fixture(scope="module")
def of_tone() -> dict[tuple[str, str, str], float]:
    return dict(zip(FMA_COLUMNS, fma_statistics(TONE, sr=SR), strict=True))


def test_there_are_518_columns_of_74_series_in_their_order() -> None:
    assert len(FMA_COLUMNS) == 518 == 7 * 74
    assert list(FMA_COLUMNS) == sorted(FMA_COLUMNS)
    assert FMA_COLUMNS[0] == ("chroma_cens", "kurtosis", "01")
    assert FMA_COLUMNS[-1] == ("zcr", "std", "01")
    assert len({(series, number) for series, _, number in FMA_COLUMNS}) == 74


def test_frequencies_are_halved_as_published(of_tone) -> None:
    for series in ("spectral_centroid", "spectral_rolloff"):
        assert of_tone[series, "median", "01"] == pytest.approx(1000, rel=0.02)


def test_rmse_is_the_root_of_the_mean_square_over_bins(of_tone) -> None:
    # A Hann window of 2048 gives a tone of amplitude 0.5 the squares 256^2 and twice 128^2 if it
    # stands on a bin, and the same energy beside it: 1.5 * 0.25 * 2048^2 / 16 over 1025 bins.
    assert of_tone["rmse", "median", "01"] == pytest.approx(np.sqrt(1.5 * 256**2 / 1025), rel=0.01)


def test_zcr_mfcc_and_level_are_of_the_true_rate(of_tone) -> None:
    assert of_tone["zcr", "median", "01"] == pytest.approx(2 * 2000 / SR, rel=0.02)
    expected = librosa.feature.mfcc(y=TONE, sr=SR, n_mfcc=20)
    for number in (1, 2, 20):
        assert of_tone["mfcc", "median", f"{number:02d}"] == pytest.approx(
            np.median(expected[number - 1]), rel=1e-3
        )


def test_chroma_of_a_constant_q_transform_is_the_pitch_class(of_tone) -> None:
    means = [of_tone["chroma_cqt", "mean", f"{k:02d}"] for k in range(1, 13)]
    assert np.argmax(means) == 11  # 2000 Hz is a B, 21 cents sharp


def test_statistics_stand_in_their_order(of_tone) -> None:
    for series in ("chroma_stft", "mfcc", "spectral_contrast", "tonnetz"):
        for number in ("01", "06"):
            low, middle, high = (of_tone[series, s, number] for s in ("min", "median", "max"))
            assert low <= middle <= high
            assert low <= of_tone[series, "mean", number] <= high
            assert of_tone[series, "std", number] >= 0


def test_a_series_that_never_varies_has_scipys_old_moments() -> None:
    of_silence = dict(zip(FMA_COLUMNS, fma_statistics(np.zeros(SR), sr=SR), strict=True))
    assert of_silence["rmse", "skew", "01"] == 0
    assert of_silence["rmse", "kurtosis", "01"] == -3
    assert of_silence["rmse", "std", "01"] == 0
