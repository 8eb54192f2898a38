"""``tracks.parquet`` as documents: types, missing values and the place of the sound survive."""

import numpy as np
import pandas as pd
import pytest

from pipeline.store import StoreError, load_folder, materialise, open_store


def tracks_table(folder, outside) -> pd.DataFrame:
    """Write a table of three tracks: sound in the folder, outside it, and none."""
    sound = folder / "genres_original" / "rock" / "one.wav"
    sound.parent.mkdir(parents=True)
    sound.write_bytes(b"one")
    outside.parent.mkdir(parents=True)
    outside.write_bytes(b"two")
    table = pd.DataFrame(
        {
            "track_id": ["one", "two", "three"],
            "genre": ["rock", "rock", "blues"],
            "genres": ["rock|pop", "rock", "blues"],
            "artist_group": pd.array([4, None, 7], dtype="Int64"),
            "path": ["genres_original/rock/one.wav", str(outside), "gone.wav"],
            "duration_s": [30.0, 12.5, np.nan],
            "sr": [22050, 44100, 0],
            "sha256": ["a", "b", ""],
            "excluded_reason": ["", "", "not readable"],
        }
    )
    table.to_parquet(folder / "tracks.parquet", index=False)
    return table


@pytest.fixture
def loaded(tmp_path, store_url):
    table = tracks_table(tmp_path / "data", tmp_path / "elsewhere" / "music" / "two.wav")
    load_folder(tmp_path / "data", store_url)
    return table


def test_tracks_come_back_with_their_types_and_paths_within_the_folder(loaded, tmp_path, store_url):
    copy = materialise(store_url, tmp_path / "copy")
    back = pd.read_parquet(copy / "tracks.parquet")
    paths = ["genres_original/rock/one.wav", "sound/music/two.wav", "gone.wav"]
    expected = pd.read_parquet(tmp_path / "data" / "tracks.parquet").assign(path=paths)
    pd.testing.assert_frame_equal(back, expected)
    assert (copy / paths[1]).read_bytes() == b"two"


def test_tracks_can_be_queried(loaded, store_url):
    with open_store(store_url) as store:
        usable = store.collection("tracks").find({"excluded_reason": ""}).sort("track_id", 1)
        found = list(usable)
        assert [track["track_id"] for track in found] == ["one", "two"]
        assert [track["artist_group"] for track in found] == [4, None]


def test_tracks_twice_change_nothing(loaded, tmp_path, store_url):
    with open_store(store_url) as store:
        before = list(store.collection("tracks").find({})), list(store.sources.find({}))
        assert load_folder(tmp_path / "data", store_url).sent == 0
        assert (list(store.collection("tracks").find({})), list(store.sources.find({}))) == before


def test_a_track_twice_is_refused(loaded, tmp_path, store_url):
    twice = pd.concat([loaded, loaded[:1]])
    twice.to_parquet(tmp_path / "data" / "tracks.parquet", index=False)
    with pytest.raises(StoreError, match="row 4: 'one' stands in row 1 too"):
        load_folder(tmp_path / "data", store_url)


@pytest.mark.parametrize("content", [b"", b"PAR1 nothing", None])
def test_what_is_no_table_of_tracks_is_refused(tmp_path, store_url, content):
    path = tmp_path / "tracks.parquet"
    if content is None:
        pd.DataFrame({"track_id": ["a"]}).to_parquet(path)
    else:
        path.write_bytes(content)
    with pytest.raises(StoreError, match="Run `ingest` again"):
        load_folder(tmp_path, store_url)
