"""Tables from the sound of an ingested data set: equal to the clips' features, and what is not."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bulk_features import SR, write_clip
from ingested import track_rows, write_features, write_ingested
from scipy.fft import dct
from typer.testing import CliRunner

from pipeline.__main__ import app
from pipeline.audio import decode
from pipeline.cache import Cache
from pipeline.config import CACHE_VARIABLE
from pipeline.datasets import DatasetError, own
from pipeline.datasets.sound import SOUND, Listening, sound_tables
from pipeline.features import FEATURES
from pipeline.features.fused import FUSED
from pipeline.features.image_statistics import IMAGE_STATISTIC_NAMES
from pipeline.features.mel_3s import mel_3s
from pipeline.ingest.tracks import NO_SOUND
from pipeline.plan import Selection, planned_runs
from pipeline.splits import track_groups

EACH = 16  # of two genres: one may fail, and there are enough to compare models
OF_CLIPS = ("mel_clip", "image_statistics", "mel_3s")
TABLES = ("features_3_sec.csv", "features_30_sec.csv")


def write_music(folder: Path, *, each: int, duration_s: float = 4.0) -> pd.DataFrame:
    """Write clips of noise in two genres, and what ingest says of them."""
    tracks = track_rows(["Jazz", "Samba"], each=each)
    tracks["path"] = [
        f"genres_original/{row.genre}/{row.track_id}.wav" for row in tracks.itertuples()
    ]
    for seed, path in enumerate(tracks["path"]):
        write_clip(folder / path, duration_s, seed=seed)
    write_ingested(folder, tracks)
    return tracks


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory, cache: Cache) -> Path:
    """A data folder with the set ``mine``: short clips, with tables of features beside them."""
    root = tmp_path_factory.mktemp("data")
    tracks = write_music(root / "mine", each=EACH, duration_s=1.5)
    names, genres = list(tracks["track_id"]), list(tracks["genre"])
    segments = [f"{name}.{k}.wav" for name in names for k in range(2)]
    write_features(root / "mine" / TABLES[0], segments, [g for g in genres for _ in range(2)])
    write_features(root / "mine" / TABLES[1], [f"{name}.wav" for name in names], genres)
    return root


def listened(folder: Path, cache: Cache | None = None, **changed):
    """Load tables of the sound alone, with the tracks as they are written there."""
    listening = Listening(cache=cache or Cache(folder / ".kept"))
    return own.load(folder.parent, folder.name, listening=listening, **changed)


def test_tables_hold_the_features_of_the_clips(tmp_path: Path) -> None:
    tracks = write_music(tmp_path / "mine", each=2)
    dataset = listened(tmp_path / "mine", spectrograms=True)
    shapes = {name: table.X.shape for name, table in dataset.tables.items()}
    assert shapes == {
        "mel_clip": (4, 333, 128),
        "image_statistics": (4, len(IMAGE_STATISTIC_NAMES)),
        "mel_3s": (4, 130, 128),
        "mfcc_sequence": (4, 130, 20),
        "mfcc_pieces": (12, 41, 20),
    }
    clips = [decode(tmp_path / "mine" / path, sr=SR).y for path in tracks["path"]]
    for name in OF_CLIPS:
        expected = np.array([FEATURES[name].compute(y, sr=SR) for y in clips])
        np.testing.assert_allclose(dataset.tables[name].X, expected, atol=1e-5)
    mel, mfcc = dataset.tables["mel_3s"].X, dataset.tables["mfcc_sequence"].X
    np.testing.assert_allclose(mfcc, dct(mel, norm="ortho")[:, :, :20], atol=1e-4)
    pieces = dataset.tables["mfcc_pieces"]
    assert np.array_equal(pieces.X.reshape(4, 123, 20), mfcc[:, :123])
    assert pieces.rows["segment"].to_list() == [0, 1, 2] * 4
    for name, table in dataset.tables.items():
        n_pieces = 3 if name == "mfcc_pieces" else 1
        assert table.X.dtype == np.float32 and table.genres == ("Jazz", "Samba")
        assert table.rows["track_id"].to_list() == [
            t for t in tracks["track_id"] for _ in range(n_pieces)
        ]
        assert table.rows["genre"].to_list() == [
            g for g in tracks["genre"] for _ in range(n_pieces)
        ]
        assert (table.rows["duplicate_group"] == -1).all()
        assert n_pieces == 3 or (table.rows["segment"] == -1).all()
    assert dataset.tables["image_statistics"].features == IMAGE_STATISTIC_NAMES
    assert dataset.left_out == ()


def test_without_being_asked_nothing_is_listened_to(music: Path, cache: Cache) -> None:
    dataset = listened(music / "mine", cache)
    assert list(dataset.tables) == ["features_3s", "features_30s", "features_song"]
    with pytest.raises(ValueError, match=r"tables of sound are mel_clip, .*; not hog_9, images_ka"):
        listened(music / "mine", cache, spectrograms=["images_kaggle", "mel_3s", "hog_9"])


def test_fused_joins_sound_and_the_features_of_the_song(music: Path, cache: Cache) -> None:
    dataset = listened(music / "mine", cache, spectrograms=["fused", "mel_clip"])
    assert list(dataset.tables)[3:] == ["mel_clip", "fused"]
    mel, _, song = FUSED.split(dataset.tables["fused"].X)
    assert np.array_equal(mel, dataset.tables["mel_clip"].X)
    rows, songs = dataset.tables["fused"].rows, dataset.tables["features_song"]
    assert rows.equals(dataset.tables["mel_clip"].rows)
    order = pd.Index(songs.rows["track_id"]).get_indexer(rows["track_id"])
    assert np.array_equal(song, songs.X[order])


def test_networks_are_planned_where_the_data_set_has_protocols(music: Path, cache: Cache) -> None:
    dataset = listened(music / "mine", cache, spectrograms=True)
    own.validate_comparable(dataset)
    assert {"artist_3fold", "fault_filtered", "official"} <= set(dataset.blanks)
    runs = planned_runs(dataset, track_groups(dataset), Selection())
    ids = [run.run_id for run in runs if run.run_id.representation in SOUND]
    assert {run_id.protocol for run_id in ids} == {"clip_random", "track_kfold"}
    for name in (
        "mfcc_sequence.mfcc_dense.clip_random",
        "mfcc_sequence.mfcc_cnn.clip_random",
        "mfcc_sequence.mfcc_lstm.clip_random",
        "mfcc_sequence.mfcc_time_distributed.clip_random",
        "mfcc_pieces.lstm_pieces.clip_random",
        "mel_clip.cnn_lstm.clip_random",
        "mel_clip.compact_cnn.track_kfold",
        "image_statistics.lda_statistics.track_kfold",
    ):
        assert f"mine.{name}" in map(str, ids)
    assert any(run_id.representation == "fused" for run_id in ids)


def test_what_was_heard_is_not_computed_again(music: Path, cache: Cache, monkeypatch) -> None:
    first = listened(music / "mine", cache, spectrograms=["mel_3s"])
    monkeypatch.setattr("pipeline.features.bulk.units.clip_features", None)
    again = listened(music / "mine", cache, spectrograms=["mel_3s"])
    assert np.array_equal(first.tables["mel_3s"].X, again.tables["mel_3s"].X)
    assert first.tables["mel_3s"].sha256 == again.tables["mel_3s"].sha256


def test_progress_counts_every_feature_of_every_clip(music: Path, cache: Cache) -> None:
    said = []
    listening = Listening(cache=cache, advance=lambda *now: said.append(now))
    own.load(music, "mine", spectrograms=["mel_clip", "mfcc_pieces"], listening=listening)
    assert said[0][:2] == (0, 4 * EACH) and said[-1][:2] == (4 * EACH, 4 * EACH)


def test_the_hash_follows_the_clips(tmp_path: Path) -> None:
    tracks = write_music(tmp_path / "mine", each=1, duration_s=1.5)
    before = listened(tmp_path / "mine", spectrograms=["mel_3s"]).tables["mel_3s"].sha256
    write_clip(tmp_path / "mine" / tracks["path"][1], 1.5, seed=9)
    assert listened(tmp_path / "mine", spectrograms=["mel_3s"]).tables["mel_3s"].sha256 != before


def test_equal_sound_is_a_copy(tmp_path: Path) -> None:
    tracks = write_music(tmp_path / "mine", each=2, duration_s=1.5)
    write_clip(tmp_path / "mine" / tracks["path"][2], 1.5, seed=1)  # as the second one
    dataset = listened(tmp_path / "mine", spectrograms=["mel_3s", "mfcc_pieces"])
    groups = {
        name: table.rows["duplicate_group"].to_list() for name, table in dataset.tables.items()
    }
    assert groups["mel_3s"] == [-1, 0, 0, -1]
    assert groups["mfcc_pieces"] == [-1] * 3 + [0, 1, 2] * 2 + [-1] * 3


def test_of_a_long_track_the_middle_counts(tmp_path: Path) -> None:
    tracks = write_music(tmp_path / "mine", each=1, duration_s=1.5)
    path = write_clip(tmp_path / "mine" / tracks["path"][0], 62)
    table = listened(tmp_path / "mine", spectrograms=["mel_3s"]).tables["mel_3s"]
    y = decode(path, sr=SR).y[30 * SR : 60 * SR]
    np.testing.assert_allclose(table.X[0], mel_3s(y, sr=SR), atol=1e-5)


def test_excluded_tracks_are_not_listened_to(tmp_path: Path) -> None:
    tracks = write_music(tmp_path / "mine", each=2, duration_s=1.5)
    tracks.loc[0, "excluded_reason"] = "corrupt: no header"
    tracks.loc[3, ["path", "excluded_reason"]] = ["", NO_SOUND]
    write_ingested(tmp_path / "mine", tracks)
    dataset = listened(tmp_path / "mine", spectrograms=["mel_3s"])
    assert dataset.tables["mel_3s"].rows["track_id"].to_list() == list(tracks["track_id"][1:3])
    assert dataset.left_out == ()  # the first was left out when it was ingested


def test_a_clip_that_cannot_be_used_is_left_out_with_the_reason(tmp_path: Path) -> None:
    tracks = write_music(tmp_path / "mine", each=2, duration_s=1.5)
    (tmp_path / "mine" / tracks["path"][1]).write_text("<html></html>")
    (tmp_path / "mine" / tracks["path"][3]).unlink()
    dataset = listened(tmp_path / "mine", spectrograms=["mel_clip", "mel_3s"])
    for table in dataset.tables.values():
        assert table.rows["track_id"].to_list() == list(tracks["track_id"][[0, 2]])
        assert len(table.X) == 2
    reasons = dict(dataset.left_out)
    assert list(reasons) == list(tracks["track_id"][[1, 3]])
    assert "HTML" in reasons[tracks["track_id"][1]]
    assert "cannot be read" in reasons[tracks["track_id"][3]]


def test_a_data_set_whose_sound_is_gone_is_refused(tmp_path: Path) -> None:
    write_music(tmp_path / "mine", each=2, duration_s=1.5)
    (tmp_path / "mine" / "genres_original").rename(tmp_path / "elsewhere")
    with pytest.raises(DatasetError, match=r"none of its 4 clips can be used .*Bring the sound ba"):
        listened(tmp_path / "mine", spectrograms=["mel_3s"])


def test_without_sound_there_are_no_tables(tmp_path: Path) -> None:
    tracks = track_rows(["Jazz", "Samba"], each=2).assign(path="", excluded_reason=NO_SOUND)
    write_ingested(tmp_path / "mine", tracks)
    listening = Listening(cache=Cache(None))
    assert not sound_tables(tmp_path / "mine", tracks, dataset="mine", listening=listening).tables
    with pytest.raises(DatasetError, match="has no features yet"):
        listened(tmp_path / "mine", spectrograms=True)


def test_sound_of_one_genre_is_refused(tmp_path: Path) -> None:
    tracks = write_music(tmp_path / "mine", each=1, duration_s=1.5)
    write_ingested(tmp_path / "mine", tracks.assign(genre="Jazz"))
    with pytest.raises(DatasetError, match=r"mine: at least two genres are needed, .* of Jazz"):
        listened(tmp_path / "mine", spectrograms=["mel_3s"])


def test_pictures_of_the_archive_go_before_sound(tmp_path: Path) -> None:
    tracks = write_music(tmp_path / "nine", each=2, duration_s=1.5)
    tracks["track_id"] = ["blues.00000", "blues.00001", "rock.00000", "rock.00001"]
    write_ingested(tmp_path / "nine", tracks, family="gtzan")
    picture = tmp_path / "nine" / "images_original" / "blues" / "blues00000.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"nothing that shows anything")
    of_sound = listened(tmp_path / "nine", spectrograms=["mel_3s"])
    assert len(of_sound.tables["mel_3s"].rows) == 4 and of_sound.left_out == ()
    ((track, reason),) = listened(tmp_path / "nine", spectrograms=["mel_clip"]).left_out
    assert track == "blues.00000" and "blues00000.png is no picture" in reason


def test_the_command_reads_sound_and_names_what_it_leaves_out(
    music: Path, cache: Cache, tmp_path: Path, monkeypatch
) -> None:
    data = tmp_path / "data"
    shutil.copytree(music, data)
    monkeypatch.setenv(CACHE_VARIABLE, str(cache.folder))
    track = pd.read_parquet(data / "mine" / "tracks.parquet").iloc[0]
    (data / "mine" / track["path"]).write_bytes(b"")
    words = ["train", "--deep", "--dataset", "mine", "--data", str(data), "--jobs", "1"]
    words += ["--only", "mine.mel_clip.no_such_model", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert "features" in result.output  # the progress of reading
    assert f"mine: {track['track_id']} has no spectrogram: the file is empty" in result.output
    assert result.output.count("has no spectrogram") == 1
    assert "no run matches" in result.output  # so far it came, with 31 tracks
