"""The demo corpus: repeatable, complete, artists apart, and never over other data."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from pipeline.datasets import DATASETS, DatasetError, demo, gtzan
from pipeline.datasets.split_lists import read_artist_group

N_TRACKS = 3  # the fewest that give each part of the split a track


def digests(folder: Path) -> dict[str, str]:
    """Hash of every file, by its path in the folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Write a small corpus once."""
    folder = tmp_path_factory.mktemp("demo") / "corpus"
    demo.write_corpus(folder, seed=1, tracks_per_genre=N_TRACKS)
    return folder


@pytest.fixture(scope="module")
def written(corpus):
    """Hashes of the corpus before features join it."""
    return digests(corpus)


@pytest.fixture(scope="module")
def dataset(corpus, written):
    """Load the corpus, which computes its features."""
    return demo.load(corpus)


@pytest.fixture
def one_second(monkeypatch):
    """Shorten the tracks, for tests of the files rather than of the sound."""
    monkeypatch.setattr(demo, "DURATION_S", 1.0)


def test_tracks_are_mono_pcm16_at_the_analysis_rate(corpus):
    paths = sorted(corpus.glob("genres_original/*/*.wav"))
    assert len(paths) == 10 * N_TRACKS
    for path in paths:
        info = soundfile.info(path)
        assert (info.samplerate, info.channels, info.subtype) == (22_050, 1, "PCM_16")
        assert info.frames == 4 * 66_150
        assert path.parent.name == path.name.split(".")[0]


def test_every_segment_of_every_track_has_sound(corpus):
    for path in corpus.glob("genres_original/*/*.wav"):
        y, _ = soundfile.read(path)
        assert 0.3 < np.max(np.abs(y)) < 1.0
        assert (np.sqrt(np.mean(y.reshape(4, -1) ** 2, axis=1)) > 0.005).all(), path.name


def test_same_seed_same_bytes_and_other_seed_other_tracks(tmp_path, one_second):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        demo.write_corpus(tmp_path / name, seed=seed, tracks_per_genre=N_TRACKS)
    first, again, other = (digests(tmp_path / name) for name in "abc")
    assert first == again
    audio = [name for name in first if name.endswith(".wav")]
    assert len(set(first.values())) == len(first)
    assert all(first[name] != other[name] for name in audio)


def test_tables_have_four_segments_and_one_clip_a_track(dataset):
    segments, clips = dataset.tables["features_3s"], dataset.tables["features_30s"]
    assert dataset.synthetic and "ynthetic" in dataset.title
    assert segments.X.shape == (40 * N_TRACKS, 57)
    assert clips.X.shape == (10 * N_TRACKS, 57)
    assert segments.genres == clips.genres == demo.GENRES
    assert (segments.rows.groupby("track_id")["segment"].agg(list).map(len) == 4).all()
    assert set(clips.rows["segment"]) == {-1}
    assert (segments.rows["duplicate_group"] == -1).all()


def test_nearest_mean_tells_most_styles_apart_but_not_all(dataset):
    table = dataset.tables["features_3s"]
    X = (table.X - table.X.mean(axis=0)) / table.X.std(axis=0)
    genre = table.rows["genre"].to_numpy()
    centres = np.stack([X[genre == name].mean(axis=0) for name in table.genres])
    nearest = np.linalg.norm(X[:, None] - centres[None], axis=-1).argmin(axis=1)
    share = np.mean(np.array(table.genres)[nearest] == genre)
    assert 0.6 < share < 1.0


def test_artists_are_apart_in_the_split_and_cover_every_track(dataset):
    split = dataset.fault_filtered.set_index("track_id")["split"]
    artists = dataset.artist_group
    assert (
        set(split.index)
        == set(artists.index)
        == set(dataset.tables["features_30s"].rows["track_id"])
    )
    assert (split.groupby(artists).nunique() == 1).all()
    assert set(split) == {"train", "validation", "test"}
    assert (dataset.artist_fold.groupby(artists).nunique() == 1).all()
    assert set(dataset.artist_fold) == {0, 1, 2}
    assert set(dataset.artist_fold.index) == set(artists.index)


def test_twelve_tracks_a_genre_give_two_to_each_artist(tmp_path, one_second, monkeypatch):
    monkeypatch.setattr(demo, "_drawn_track", lambda *_: np.zeros(10))
    demo.write_corpus(tmp_path)
    artists = read_artist_group(
        tmp_path / "splits", tracks={path.stem for path in tmp_path.glob("*/*/*.wav")}
    )
    assert artists.value_counts().unique().tolist() == [2]
    assert artists.nunique() == 60


def test_style_names_are_not_genres_of_real_data():
    assert len(demo.GENRES) == 10
    assert not set(demo.GENRES) & set(gtzan.GENRES)


def test_rerun_leaves_nothing_of_a_larger_corpus_or_its_features(tmp_path, one_second):
    demo.write_corpus(tmp_path, tracks_per_genre=4)
    (tmp_path / "features_3_sec.csv").write_text("stale")
    demo.write_corpus(tmp_path, tracks_per_genre=N_TRACKS)
    assert len(list(tmp_path.glob("genres_original/*/*.wav"))) == 10 * N_TRACKS
    assert not (tmp_path / "features_3_sec.csv").exists()
    assert json.loads((tmp_path / "corpus.json").read_text())["synthetic"] is True


@pytest.mark.parametrize(
    "name",
    ["features_3_sec.csv", "splits/fault_filtered.csv", "genres_original/rock/rock.00000.wav"],
)
def test_folder_with_other_data_is_refused_and_kept(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("precious")
    with pytest.raises(DatasetError, match=rf"must be empty or hold .* it holds .*{path.name}"):
        demo.write_corpus(tmp_path, tracks_per_genre=N_TRACKS)
    assert digests(tmp_path).keys() == {name}


def test_too_few_tracks_are_refused(tmp_path):
    with pytest.raises(ValueError, match="tracks_per_genre must be 3 to 99999, got 2"):
        demo.write_corpus(tmp_path, tracks_per_genre=2)


@pytest.mark.parametrize("folder", [None, Path("nowhere")])
def test_no_corpus_says_what_to_run(folder):
    with pytest.raises(DatasetError, match="python -m pipeline demo"):
        DATASETS["demo"](folder)


def test_interrupted_corpus_is_refused(tmp_path, one_second):
    demo.write_corpus(tmp_path, tracks_per_genre=N_TRACKS)
    (tmp_path / "genres_original" / "waves" / "waves.00001.wav").unlink()
    with pytest.raises(DatasetError, match=r"not complete: .*waves\.00001\.wav is missing"):
        demo.load(tmp_path)


def test_damaged_marker_is_refused(tmp_path):
    (tmp_path / "corpus.json").write_text("{}")
    with pytest.raises(DatasetError, match=r"corpus\.json is damaged"):
        demo.load(tmp_path)


def test_track_without_features_is_refused(tmp_path, one_second):
    demo.write_corpus(tmp_path, tracks_per_genre=N_TRACKS)
    (tmp_path / "genres_original" / "bells" / "bells.00000.wav").write_bytes(b"no audio")
    with pytest.raises(DatasetError, match=r"bells\.00000\.wav cannot be computed: "):
        demo.load(tmp_path)
