"""Statistics of a mel spectrogram: known answers, names, lengths, and what they cost."""

import re
from time import process_time

import numpy as np
import pytest

from pipeline.features import FEATURES
from pipeline.features.families import family_of
from pipeline.features.fused import FUSED, FusedLayout
from pipeline.features.image_statistics import IMAGE_STATISTIC_NAMES, image_statistics
from pipeline.features.mel_bands import cosines, log_covariance, pooling
from pipeline.features.mel_clip import mel_clip
from pipeline.features.song import SONG_FEATURE_NAMES

COLUMN_S = 30 / 333


# without the family that a name begins with
NAMES = [name.partition("_")[2] for name in IMAGE_STATISTIC_NAMES]


def named(mel: np.ndarray) -> dict[str, float]:
    return dict(zip(NAMES, image_statistics(mel).tolist(), strict=True))


def several(mel: np.ndarray, name: str) -> np.ndarray:
    pattern = re.compile(rf"{name}(_\d\d\d?)+")
    return np.array([value for key, value in named(mel).items() if pattern.fullmatch(key)])


def random_mel(n_columns: int = 333, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.uniform(-80, 0, (n_columns, 128)).astype(np.float32)


def pulses(period_columns: int) -> np.ndarray:
    """A loud column every ``period_columns`` in near-silence."""
    mel = np.full((333, 128), -70, np.float32)
    mel[::period_columns] = -10
    return mel


def test_every_number_has_one_name() -> None:
    assert len(set(IMAGE_STATISTIC_NAMES)) == len(IMAGE_STATISTIC_NAMES)
    assert FEATURES["image_statistics"].shape == (len(IMAGE_STATISTIC_NAMES),)
    found = image_statistics(random_mel())
    assert found.shape == (len(IMAGE_STATISTIC_NAMES),) and found.dtype == np.float32


def test_names_begin_with_a_family_of_features() -> None:
    assert {family_of(name) for name in IMAGE_STATISTIC_NAMES} == {"spectral", "MFCC", "rhythm"}


@pytest.mark.parametrize("n_columns", [100, 111, 167, 333, 340])
def test_any_number_of_columns_from_100_on(n_columns) -> None:
    assert np.isfinite(image_statistics(random_mel(n_columns))).all()


def test_longer_pieces_of_one_texture_have_much_the_same_statistics() -> None:
    keys = [k for k, n in enumerate(NAMES) if not n.startswith("beat_")]
    short, long = (image_statistics(random_mel(n, seed=n))[keys] for n in (200, 333))
    assert np.corrcoef(short, long)[0, 1] > 0.99


@pytest.mark.parametrize("level", [-80, -40, 0])
def test_an_even_picture_is_finite_and_without_change(level) -> None:
    mel = np.full((333, 128), level, np.float32)
    found = named(mel)
    assert np.isfinite(list(found.values())).all()
    assert several(mel, "band_mean") == pytest.approx(level / 20)
    for name in ("band_sd", "band_change", "onset_mean", "beat_strength", "contrast_mean"):
        assert several(mel, name) == pytest.approx(0, abs=1e-6)
    assert found["floor_share_00"] == (level == -80)


def test_mean_and_spread_of_bands_are_those_of_the_levels() -> None:
    mel = random_mel()
    pairs = mel.reshape(333, 64, 2).mean(axis=2) / 20
    assert several(mel, "band_mean") == pytest.approx(pairs.mean(axis=0), abs=1e-4)
    assert several(mel, "band_sd") == pytest.approx(pairs.std(axis=0), abs=1e-4)


@pytest.mark.parametrize("period", [6, 11])
def test_pulses_correlate_at_their_period(period) -> None:
    found = named(pulses(period))
    assert found["beat_lag_04"] % period == 0
    assert found["beat_largest_04"] > 0.9
    noise = named(random_mel())
    assert noise["beat_largest_04"] < 0.4


def test_slow_and_fast_movement_stand_in_their_ranges_of_modulation() -> None:
    time_s = np.arange(333)[:, None] * COLUMN_S
    for hz, place in ((1.0, 3), (2.0, 5), (4.5, 8)):  # of 0.8-1.2, 1.7-2.3, 3.8-5.6 Hz
        mel = (-40 + 20 * np.sin(2 * np.pi * hz * time_s)).repeat(128, axis=1)
        ranges = several(mel.astype(np.float32), "cepstrum_modulation").reshape(16, 9)
        assert ranges[0].argmax() == place
        assert ranges[1:].max() < ranges[0].max() - 5  # an even spectrum has no shape


def test_shape_says_where_the_power_lies() -> None:
    mel = np.full((333, 128), -80, np.float32)
    mel[:, 50] = 0
    found = named(mel)
    assert found["shape_mean_00"] == pytest.approx(50, abs=0.1)  # centroid
    assert found["shape_mean_02"] == 50 and found["shape_mean_04"] == 50  # roll-offs
    assert found["floor_share_00"] == pytest.approx(127 / 128)


def test_time_reversed_music_has_other_attacks_but_the_same_levels() -> None:
    mel = np.full((333, 128), -80, np.float32)
    for start in range(0, 320, 16):
        mel[start : start + 12] = np.linspace(0, -77, 12)[:, None]  # struck, then fading
    forward, backward = named(mel), named(mel[::-1])
    assert forward["band_mean_10"] == pytest.approx(backward["band_mean_10"])
    assert forward["band_rise_sd_10"] > 2 * backward["band_rise_sd_10"]


def test_pattern_shares_are_square_roots_of_shares() -> None:
    shares = several(random_mel(), "pattern_share").reshape(6, 59) ** 2
    assert shares.sum(axis=1) == pytest.approx(1)
    even = several(np.full((333, 128), -40, np.float32), "pattern_share").reshape(6, 59)
    assert np.all(even[:, 0] == 1)  # no neighbour is louder


def test_gradients_of_steady_tones_point_across() -> None:
    mel = np.tile(-40 + 30 * np.sin(np.arange(128) / 3), (333, 1)).astype(np.float32)
    lengths = several(mel, "gradient").reshape(8, 12)
    assert set(lengths.argmax(axis=1)) <= {3, 9}


def test_a_covariance_is_described_by_its_logarithm() -> None:
    series = np.random.default_rng(0).normal(size=(3, 5000)) * np.array([[1], [2], [4]])
    expected = np.log(np.array([1, 4, 16]) + 0.02 * 7)
    assert log_covariance(series)[[0, 3, 5]] == pytest.approx(expected, abs=0.06)
    assert log_covariance(series)[[1, 2, 4]] == pytest.approx(0, abs=0.1)


def test_pooling_averages_and_cosines_are_orthonormal() -> None:
    for n in (16, 20, 24, 32, 64):
        assert pooling(n).sum(axis=1) == pytest.approx(1)
        assert np.all((pooling(n) > 0).sum(axis=0) == 1)
    assert cosines(24) @ cosines(24).T == pytest.approx(np.eye(24), abs=1e-12)


@pytest.mark.parametrize(
    ("mel", "part"),
    [
        (np.zeros((99, 128)), r"at least 100 columns, got \(99, 128\)"),
        (np.zeros((128, 333)), r"got \(128, 333\)"),
        (np.zeros(333), r"got \(333,\)"),
        (np.full((333, 128), np.nan), "not finite"),
    ],
)
def test_what_is_no_mel_spectrogram_is_refused(mel, part) -> None:
    with pytest.raises(ValueError, match=part):
        image_statistics(mel)


def test_a_clip_costs_little() -> None:
    mel = random_mel()
    image_statistics(mel)
    start = process_time()
    for _ in range(10):
        image_statistics(mel)
    assert (process_time() - start) / 10 < 0.1  # 10 ms on an idle machine


def test_the_feature_of_sound_is_that_of_its_levels() -> None:
    y = np.random.default_rng(0).uniform(-0.5, 0.5, 12 * 22_050)
    found = FEATURES["image_statistics"].compute(y, sr=22_050)
    assert np.array_equal(found, image_statistics(mel_clip(y, sr=22_050)))


def test_fused_rows_come_apart_as_they_were_joined() -> None:
    rng = np.random.default_rng(0)
    parts = [
        rng.normal(size=shape).astype(np.float32)
        for shape in ((3, 333, 128), (3, FUSED.n_statistics), (3, FUSED.n_song))
    ]
    X = FUSED.join(*parts)
    assert X.shape == (3, 333 * 128 + len(IMAGE_STATISTIC_NAMES) + len(SONG_FEATURE_NAMES))
    for part, again in zip(parts, FUSED.split(X), strict=True):
        assert np.array_equal(part, again)
        assert np.shares_memory(X, again)
    assert (FUSED.mel.stop, FUSED.song.stop) == (FUSED.statistics.start, FUSED.width)


def test_rows_of_another_width_and_parts_of_another_shape_are_refused() -> None:
    layout = FusedLayout(n_columns=2, n_bands=3, n_statistics=4, n_song=5)
    with pytest.raises(ValueError, match=r"\(n_rows, 15\), got \(2, 16\)"):
        layout.split(np.zeros((2, 16)))
    with pytest.raises(ValueError, match=r"got \(\(2, 3, 2\)"):
        layout.join(np.zeros((2, 3, 2)), np.zeros((2, 4)), np.zeros((2, 5)))
