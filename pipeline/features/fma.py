"""The 518 statistics of FMA's ``features.csv``: 7 statistics of 74 series of a clip.

The recipe is that of FMA's features.py (librosa 0.5), with the differences to today's defaults
undone where they change numbers:

* signals were padded by reflection, today by silence (``pad_mode``);
* ``rmse`` of a spectrogram was the root of its mean square over bins; today's ``rms`` divides by
  the frame so that it is the signal's own level;
* the rate was given to the constant-Q transform and the mel filters only: centroid, bandwidth,
  contrast, rolloff and ``chroma_stft`` took librosa's default of 22,050 Hz though the clips have
  44,100 Hz, so that frequencies are half of what they are (``FmaParameters.assumed_sr``);
* chroma of a constant-Q transform took 12 bins for an octave, today 36 (``bins_per_octave``);
* the third and fourth moments of a constant were 0 and -3 (SciPy), today they are NaN.

Not undone: the resampling inside the constant-Q transform (another filter today). Clips of another
rate than 44.1 kHz are resampled first, where FMA took them as they were. librosa and SciPy are
imported when a function is called.

References
----------
Defferrard, Benzi, Vandergheynst & Bresson 2017, "FMA: A dataset for music analysis".
"""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from pipeline.features.librosa_sequences import SHORTEST_S, constant_q, without_tuning_warning
from pipeline.features.parameters import FMA, FmaParameters
from pipeline.features.signals import validated_signal

SERIES = {
    "chroma_cens": 12, "chroma_cqt": 12, "chroma_stft": 12, "mfcc": 20, "rmse": 1,
    "spectral_bandwidth": 1, "spectral_centroid": 1, "spectral_contrast": 7,
    "spectral_rolloff": 1, "tonnetz": 6, "zcr": 1,
}  # fmt: skip
STATISTICS = ("kurtosis", "max", "mean", "median", "min", "skew", "std")
COLUMN_LEVELS = ("feature", "statistics", "number")
# In the order of features.csv: sorted by series, statistic and number.
FMA_COLUMNS: tuple[tuple[str, str, str], ...] = tuple(
    (series, statistic, f"{number:02d}")
    for series, size in SERIES.items()
    for statistic in STATISTICS
    for number in range(1, size + 1)
)


def fma_statistics(y: np.ndarray, *, sr: int, parameters: FmaParameters = FMA) -> np.ndarray:
    """Return the 518 statistics of a clip, in the order of ``FMA_COLUMNS``.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Mono, full scale -1..1, at least 0.75 s long.
    sr : int
        Rate of ``y`` in Hz; must be ``parameters.sr``.

    Returns
    -------
    ndarray of shape (518,), float64, finite

    Raises
    ------
    AudioError
        ``empty``, ``too_short`` or ``not_finite``.
    """
    shortest = int(SHORTEST_S * parameters.sr)
    y = validated_signal(y, sr=sr, parameters=parameters, shortest=shortest)
    series = dict(_harmonic_series(y, parameters)) | dict(_spectral_series(y, parameters))
    return np.concatenate([_statistics(series[name]).ravel() for name in SERIES])


def _harmonic_series(y: np.ndarray, parameters: FmaParameters) -> Iterator[tuple[str, np.ndarray]]:
    import librosa

    transform = constant_q(y, sr=parameters.sr, parameters=parameters)
    octaves: dict[str, Any] = {
        "n_octaves": parameters.n_octaves,
        "bins_per_octave": parameters.bins_per_octave,
    }
    cens = librosa.feature.chroma_cens(C=transform, **octaves)
    yield "chroma_cqt", librosa.feature.chroma_cqt(C=transform, **octaves)
    yield "chroma_cens", cens
    yield "tonnetz", librosa.feature.tonnetz(chroma=cens)


def _spectral_series(y: np.ndarray, parameters: FmaParameters) -> Iterator[tuple[str, np.ndarray]]:
    import librosa

    frame, hop = parameters.n_fft, parameters.hop_length
    S = np.abs(librosa.stft(y, n_fft=frame, hop_length=hop, pad_mode="reflect"))
    power = S**2
    wrong: dict[str, Any] = {"S": S, "sr": parameters.assumed_sr}
    mel = librosa.feature.melspectrogram(S=power, sr=parameters.sr)
    with without_tuning_warning():
        yield "chroma_stft", librosa.feature.chroma_stft(S=power, sr=parameters.assumed_sr)
    yield "mfcc", librosa.feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=parameters.n_mfcc)
    yield "rmse", np.sqrt(np.mean(power, axis=0, keepdims=True))
    yield "spectral_bandwidth", librosa.feature.spectral_bandwidth(**wrong)
    yield "spectral_centroid", librosa.feature.spectral_centroid(**wrong)
    yield (
        "spectral_contrast",
        librosa.feature.spectral_contrast(**wrong, n_bands=parameters.n_bands),
    )
    yield "spectral_rolloff", librosa.feature.spectral_rolloff(**wrong)
    yield "zcr", librosa.feature.zero_crossing_rate(y, frame_length=frame, hop_length=hop)


def _statistics(values: np.ndarray) -> np.ndarray:
    """Return ``STATISTICS`` of each row of (size, n_frames), as (7, size), float64."""
    from scipy import stats

    values = values.astype(np.float64)
    with warnings.catch_warnings():  # SciPy's, of rows that hardly vary
        warnings.filterwarnings("ignore", "Precision loss occurred", RuntimeWarning)
        skew, kurtosis = stats.skew(values, axis=1), stats.kurtosis(values, axis=1)
    return np.stack(
        [
            np.nan_to_num(kurtosis, nan=-3.0),
            values.max(axis=1),
            values.mean(axis=1),
            np.median(values, axis=1),
            values.min(axis=1),
            np.nan_to_num(skew, nan=0.0),
            values.std(axis=1),
        ]
    )
