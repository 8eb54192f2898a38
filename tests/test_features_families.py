"""Every feature has one family, whatever was done to it."""

from collections import Counter

import pytest

from pipeline.features.families import FAMILIES, family_of
from pipeline.features.song import SONG_FEATURE_NAMES
from pipeline.features.summary import FEATURE_NAMES


@pytest.mark.parametrize(
    ("feature", "family"),
    [
        ("spectral_centroid_mean", "spectral"),
        ("spectral_bandwidth_var", "spectral"),
        ("rolloff_mean", "spectral"),
        ("zero_crossing_rate_var", "spectral"),
        ("rms_mean", "spectral"),
        ("mfcc20_var", "MFCC"),
        ("tempo", "rhythm"),
        ("chroma_stft_mean", "chroma"),
        ("harmony_var", "harmonic"),
        ("perceptr_mean", "harmonic"),
        ("danceability", "danceability"),
    ],
)
def test_family_of_a_feature(feature, family):
    assert family_of(feature) == family


def test_the_57_features_fill_the_families():
    counted = Counter(map(family_of, FEATURE_NAMES))
    assert counted == {"spectral": 10, "MFCC": 40, "rhythm": 1, "chroma": 2, "harmonic": 4}
    assert set(counted) == set(FAMILIES)


def test_song_features_are_in_the_family_of_what_they_describe():
    counted = Counter(map(family_of, SONG_FEATURE_NAMES))
    assert counted == {"spectral": 50, "MFCC": 200, "rhythm": 5, "chroma": 10, "harmonic": 20}
