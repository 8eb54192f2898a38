"""A row per song out of its segments and its clip."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.datasets import DatasetError, FeatureTable, gtzan
from pipeline.datasets.song import song_table, with_songs
from pipeline.features.song import (
    SONG_FEATURE_NAMES,
    VARIANCE_FLOOR,
    log_variances,
    song_features,
)
from pipeline.features.summary import FEATURE_NAMES

RNG = np.random.default_rng(0)
TEMPO = FEATURE_NAMES.index("tempo")
MFCC1_VARIANCE = FEATURE_NAMES.index("mfcc1_var")


def made_up_table(samples: list[tuple[str, int]], *, representation: str) -> FeatureTable:
    """Return a table with the given tracks and segments; no two rows agree."""
    rows = pd.DataFrame(samples, columns=["track_id", "segment"])
    rows["genre"] = rows["track_id"].str.split(".").str[0]
    rows["duplicate_group"] = -1
    X = RNG.uniform(1, 2, size=(len(rows), len(FEATURE_NAMES))).astype(np.float32)
    return FeatureTable("made up", representation, ("a", "b"), FEATURE_NAMES, rows, X, "0" * 64)


@pytest.fixture
def segments() -> FeatureTable:
    samples = [(track, k) for k in (1, 0) for track in ("b.00000", "a.00001", "a.00000")]
    return made_up_table(samples, representation="features_3s")


@pytest.fixture
def clips() -> FeatureTable:
    samples = [("a.00000", -1), ("b.00000", -1), ("a.00009", -1)]
    return made_up_table(samples, representation="features_30s")


def column(table: FeatureTable, name: str) -> np.ndarray:
    return table.X[:, table.features.index(name)]


def test_known_mean_spread_and_range_of_two_segments():
    segments = np.ones((2, 57))
    segments[:, TEMPO] = 80, 120
    segments[:, MFCC1_VARIANCE] = np.exp([1, 3])
    clip = np.full(57, np.e)
    song = dict(zip(SONG_FEATURE_NAMES, song_features(segments, clip), strict=True))
    expected = {"segment_mean": 100, "segment_sd": 20, "segment_min": 80, "segment_max": 120}
    assert {part: song[f"tempo_{part}"] for part in expected} == expected
    expected = {"segment_mean": 2, "segment_sd": 1, "segment_min": 1, "segment_max": 3, "clip": 1}
    for part, value in expected.items():
        assert song[f"mfcc1_logvar_{part}"] == pytest.approx(value)
    assert song["tempo_clip"] == pytest.approx(np.e)


def test_one_segment_has_no_spread():
    row = RNG.uniform(1, 2, 57)
    song = song_features(row[None], row).reshape(5, 57)
    assert (song[1] == 0).all()
    for part in (2, 3, 4):
        np.testing.assert_array_equal(song[part], song[0])


@pytest.mark.parametrize("variance", [0.0, -1e-10, 1e-12])
def test_silence_has_the_lowest_variance_and_stays_finite(variance):
    row = np.zeros(57)
    row[MFCC1_VARIANCE] = variance
    assert log_variances(row)[MFCC1_VARIANCE] == np.log(VARIANCE_FLOOR)
    assert np.isfinite(song_features(row[None], row)).all()


def test_means_stay_as_they_are():
    X = RNG.normal(size=(4, 57))
    means = [not name.endswith("_var") for name in FEATURE_NAMES]
    np.testing.assert_array_equal(log_variances(X)[:, means], X[:, means])


@pytest.mark.parametrize("shape", [(57,), (0, 57), (3, 56)])
def test_segments_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"segments must have the shape \(n, 57\)"):
        song_features(np.ones(shape), np.ones(57))


def test_a_clip_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"clip must have the shape \(57,\), got \(1, 57\)"):
        song_features(np.ones((3, 57)), np.ones((1, 57)))


def test_rows_are_the_tracks_in_both_tables(segments, clips):
    songs = song_table(segments, clips)
    assert songs.representation == "features_song"
    assert songs.features == SONG_FEATURE_NAMES
    assert songs.rows["track_id"].to_list() == ["a.00000", "b.00000"]
    assert (songs.rows["segment"] == -1).all()
    assert songs.X.shape == (2, 285) and songs.X.dtype == np.float32


def test_each_song_is_made_of_its_own_segments(segments, clips):
    songs = song_table(segments, clips)
    for row, track in enumerate(songs.rows["track_id"]):
        own = segments.X[segments.rows["track_id"] == track, TEMPO]
        assert column(songs, "tempo_segment_max")[row] == own.max()
        clip = clips.X[clips.rows["track_id"] == track, TEMPO]
        assert column(songs, "tempo_clip")[row] == clip[0]


def test_copies_among_the_clips_are_copies_among_the_songs(segments, clips):
    clips.rows["duplicate_group"] = [4, 4, -1]
    assert song_table(segments, clips).rows["duplicate_group"].to_list() == [4, 4]


def test_the_hash_follows_both_tables(segments, clips):
    hashes = {
        song_table(first, second).sha256
        for first in (segments, replace(segments, sha256="1" * 64))
        for second in (clips, replace(clips, sha256="1" * 64))
    }
    assert len(hashes) == 4


def test_tables_without_a_common_track_are_refused(segments):
    other = made_up_table([("a.00077", -1)], representation="features_30s")
    with pytest.raises(DatasetError, match="no track is in both features_3s and features_30s"):
        song_table(segments, other)


def test_a_table_of_other_features_is_refused(segments, clips):
    with pytest.raises(DatasetError, match="songs need the 57 statistics chroma_stft_mean to"):
        song_table(segments, replace(clips, features=FEATURE_NAMES[::-1]))


def test_songs_are_added_only_where_both_tables_are(segments, clips):
    both = {"features_3s": segments, "features_30s": clips}
    assert list(with_songs(both)) == ["features_3s", "features_30s", "features_song"]
    for name, table in both.items():
        assert list(with_songs({name: table})) == [name]


def test_real_songs_are_complete_and_finite(data_root):
    tables = gtzan.load(data_root).tables
    songs = tables["features_song"]
    assert songs.X.shape == (1000, 285)
    assert np.isfinite(songs.X).all()
    assert (songs.rows["duplicate_group"] >= 0).sum() == 28
    low, high = column(songs, "mfcc1_mean_segment_min"), column(songs, "mfcc1_mean_segment_max")
    assert (low <= column(songs, "mfcc1_mean_clip")).all()
    assert (column(songs, "mfcc1_mean_clip") <= high).mean() > 0.99
