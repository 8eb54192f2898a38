"""Ingest from end to end on small made-up sources, and on the real clips."""

import hashlib
import shutil
from pathlib import Path

import pandas as pd
import pytest
from tiny_archives import (
    SR,
    bring,
    clip,
    everything_below,
    fma_metadata,
    fma_small,
    kaggle_gtzan,
    original_gtzan,
    own_music,
    reasons,
    tone,
    write_folder,
    write_tar,
    write_zip,
)

from pipeline.cache import Cache
from pipeline.ingest.summary import summary_lines
from pipeline.ingest.tracks import NO_SOUND, TRACK_COLUMNS, read_tracks, sound_path


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def test_kaggles_archive_becomes_tracks_tables_sound_and_images(tmp_path, data):
    done = bring(write_zip(tmp_path / "archive.zip", kaggle_gtzan()), data)
    assert done.folder == data / "gtzan" and done.changed
    tracks = read_tracks(data / "gtzan")
    assert tuple(tracks.columns) == TRACK_COLUMNS
    assert tracks["track_id"].to_list() == [
        "blues.00000", "blues.00001", "jazz.00000", "jazz.00054", "rock.00099",
    ]  # fmt: skip
    assert reasons(tracks)["jazz.00054"].startswith("corrupt: ")
    good = tracks[tracks["excluded_reason"] == ""]
    assert len(good) == 4 and set(good["sr"]) == {SR} and set(good["duration_s"]) == {1.5}
    assert tracks["path"].iloc[0] == "genres_original/blues/blues.00000.wav"
    assert set(tracks["genres"]) == set(tracks["genre"]) == {"blues", "jazz", "rock"}
    there = everything_below(data)
    assert "gtzan/features_3_sec.csv" in there
    assert "gtzan/images_original/blues/blues00000.png" in there
    for row in good.itertuples():
        content = sound_path(done.folder, row.path).read_bytes()
        assert row.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("name", ["genres.tar.gz", "genres.tar.bz2", "genres.tar", "genres.zip"])
def test_the_original_gtzan_in_every_packing(tmp_path, data, name):
    write = write_zip if name.endswith("zip") else write_tar
    done = bring(write(tmp_path / name, original_gtzan()), data)
    assert (done.tracks["excluded_reason"] == "").all() and len(done.tracks) == 5
    assert (data / "gtzan" / "genres_original" / "blues" / "blues.00000.au").is_file()


def test_fma_sound_takes_genres_from_the_metadata_beside_it(tmp_path, data):
    write_zip(tmp_path / "fma_metadata.zip", fma_metadata(), packed=True)
    done = bring(write_zip(tmp_path / "fma_small.zip", fma_small()), data)
    table = done.tracks.set_index("track_id")
    assert reasons(done.tracks) == {
        "000002": "",
        "000005": "silent",
        "000010": "",
        "000140": NO_SOUND,
        "000141": "no genre: its genres have no root in common",
        "133297": "no genre: the metadata do not know this number",
    }
    assert table.loc["000010", "genres"] == "Pop|Experimental Pop"
    assert table.loc["000141", ["genre", "genres"]].to_list() == ["", "Folk|Pop"]
    assert table["artist_group"].to_dict()["000010"] == 6
    assert pd.isna(table.loc["133297", "artist_group"])
    assert table.loc["000002", "path"] == "fma_small/000/000002.mp3"
    assert (data / "fma" / "tracks.csv").is_file() and len(done.record.sources) == 2


def test_fma_metadata_first_and_sound_later_give_the_same(tmp_path, data):
    (tmp_path / "apart").mkdir()
    metadata = write_zip(tmp_path / "apart" / "fma_metadata.zip", fma_metadata())
    first = bring(metadata, data)
    assert set(first.tracks["path"]) == {""}
    done = bring(write_zip(tmp_path / "fma_small.zip", fma_small()), data)
    assert (done.tracks["path"] != "").sum() == 4
    together = bring(write_folder(tmp_path / "both", {**fma_metadata(), **fma_small()}), data / "2")
    same = ["track_id", "genre", "genres", "artist_group", "sha256", "excluded_reason"]
    pd.testing.assert_frame_equal(done.tracks[same], together.tracks[same])


def test_own_music_gets_safe_names(tmp_path, data):
    done = bring(write_zip(tmp_path / "My Music.zip", own_music()), data)
    assert done.folder == data / "my_music"
    assert set(done.tracks["genre"]) == {"Hip Hop", "日本"}
    for row in done.tracks.itertuples():
        assert row.excluded_reason == "" and Path(row.path).stem == row.track_id
        assert sound_path(done.folder, row.path).is_file()


def test_a_folder_stays_where_it_is_and_gives_the_same_tracks(tmp_path, data):
    source = write_folder(tmp_path / "My Music", own_music())
    before = everything_below(source)
    done = bring(source, data)
    assert everything_below(source) == before
    assert set(everything_below(data)) == {"my_music/tracks.parquet", "my_music/ingest.json"}
    assert all(Path(path).is_absolute() and Path(path).is_file() for path in done.tracks["path"])
    unpacked = bring(write_zip(tmp_path / "My Music.zip", own_music()), data / "other")
    same = ["track_id", "genre", "duration_s", "sha256"]
    pd.testing.assert_frame_equal(done.tracks[same], unpacked.tracks[same])


def test_copy_brings_sound_and_images_along(tmp_path, data):
    source = write_folder(tmp_path / "kaggle", kaggle_gtzan())
    left = bring(source, data / "1")
    assert left.left_images == 4 and "--copy" in "\n".join(summary_lines(left))
    done = bring(source, data / "2", copy=True)
    assert done.left_images == 0
    assert len(list((done.folder / "images_original").rglob("*.png"))) == 4
    shutil.rmtree(source)
    assert (done.tracks["path"].map(lambda path: sound_path(done.folder, path).is_file())).all()


def test_a_data_folder_in_place_is_ingested_where_it_is(data):
    write_folder(data / "gtzan", kaggle_gtzan(top=""))
    first = bring(data / "gtzan", data)
    assert first.tracks["path"].iloc[0] == "genres_original/blues/blues.00000.wav"
    moved = data.rename(data.with_name("elsewhere"))
    again = bring(moved / "gtzan", moved)
    assert not again.changed
    assert first.record.sources[0].parts == {}  # nothing was copied onto itself


def test_one_name_with_two_endings_is_two_tracks(tmp_path, data):
    files = {f"jazz/jazz.00001{e}": clip(tone(hz), e) for e, hz in ((".au", 330), (".wav", 440))}
    done = bring(write_folder(tmp_path / "m", files), data)
    assert reasons(done.tracks) == {"jazz.00001": "", "jazz.00001_wav": ""}


def test_blues_counts_as_jazz_on_request(tmp_path, data):
    archive = write_zip(tmp_path / "archive.zip", kaggle_gtzan())
    done = bring(archive, data, merges={"blues": "jazz"}, dataset="gtzan_nine")
    assert done.folder.name == "gtzan_nine" and set(done.tracks["genre"]) == {"jazz", "rock"}
    assert done.tracks["track_id"].iloc[0] == "blues.00000"  # the published lists name it so
    assert bring(archive, data, merges={"blues": "jazz"}).folder.name == "gtzan"
    other = bring(archive, data, dataset="gtzan_ten")
    assert set(other.tracks["genre"]) == {"blues", "jazz", "rock"}


def test_the_real_clips_stay_in_place_and_are_all_usable(data_root, data):
    source = data_root / "gtzan" if (data_root / "gtzan").is_dir() else data_root
    cache = Cache(data / "cache")
    done = bring(source, data, cache=cache, jobs=2)
    heard = done.tracks[done.tracks["path"] != ""]
    assert len(heard) >= 60 and len(done.tracks) == 1000
    assert set(heard["sr"]) == {SR} and (heard["path"].map(Path).map(Path.is_absolute)).all()
    usable = heard[heard["excluded_reason"] == ""]
    assert set(usable.loc[usable["track_id"].str.endswith("00001"), "genre"]) == set(
        done.tracks["genre"]
    )
    assert (done.tracks["artist_group"].notna()).sum() >= 900
    before = everything_below(data / "gtzan")
    assert not bring(source, data, cache=cache, jobs=2).changed
    assert everything_below(data / "gtzan") == before


def test_the_data_folder_is_no_part_of_the_music_around_it(tmp_path):
    source = write_folder(tmp_path / "Music", own_music())
    first = bring(source, source / "data", copy=True)
    again = bring(source, source / "data", copy=True)
    assert set(first.tracks["genre"]) == {"Hip Hop", "日本"} and not again.changed


def test_images_alone_name_the_tracks(tmp_path, data):
    files = {name: content for name, content in kaggle_gtzan().items() if "images" in name}
    done = bring(write_zip(tmp_path / "images.zip", files), data)
    assert reasons(done.tracks) == dict.fromkeys(
        ["blues.00000", "blues.00001", "jazz.00000", "rock.00099"], NO_SOUND
    )
