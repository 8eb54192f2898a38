"""What ingest refuses or leaves out, and what it says of it."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from tiny_archives import (
    SR,
    bring,
    clip,
    fma_small,
    kaggle_gtzan,
    own_music,
    reasons,
    tone,
    write_folder,
    write_zip,
)

from pipeline.ingest import IngestError
from pipeline.ingest.inspection import inspected
from pipeline.ingest.summary import summary_lines


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def test_fma_sound_without_metadata_says_what_to_bring(tmp_path, data):
    with pytest.raises(IngestError, match=r"genres are in fma_metadata\.zip"):
        bring(write_zip(tmp_path / "fma_small.zip", fma_small()), data)
    assert not data.exists()


def test_each_unusable_clip_has_its_reason(tmp_path, data):
    y = tone(440)
    faint = np.where(np.arange(len(y)) % 2, 1, -1) * 4 / 2**15
    files = {
        "jazz/1 good.wav": clip(y),
        "jazz/2 copy.flac": clip(y, ".flac"),
        "jazz/3 short.wav": clip(tone(330, duration_s=0.4)),
        "jazz/4 silent.wav": clip(np.zeros(2 * SR)),
        "jazz/5 offset.wav": clip(np.full(2 * SR, 0.25)),
        "jazz/6 dither.wav": clip(faint),
        "jazz/7 empty.wav": b"",
        "jazz/8 header.wav": clip(np.zeros(0)),
        "jazz/9 text.mp3": b"this is not sound",
        "rock/quiet.wav": clip(tone(880, gain=0.002)),
        "rock/cut.wav": clip(tone(550, duration_s=3))[:100_000],
    }
    done = bring(write_folder(tmp_path / "music", files), data)
    by_file = {
        Path(row.path).name[:7].strip(): row.excluded_reason for row in done.tracks.itertuples()
    }
    first = done.tracks.loc[done.tracks["excluded_reason"] == "", "track_id"].iloc[0]
    assert by_file["1 good."] == ""
    assert by_file["2 copy."] == f"same audio as {first}"
    assert by_file["3 short"] == "too short: 0.40 s, at least 1 s are needed"
    assert by_file["4 silen"] == by_file["5 offse"] == by_file["6 dithe"] == "silent"
    assert by_file["7 empty"] == by_file["8 heade"] == "empty"
    assert by_file["9 text."].startswith("corrupt: ")
    assert by_file["quiet.w"] == ""
    numbers = json.loads((done.folder / "ingest.json").read_text())
    assert numbers["excluded"] == {
        "corrupt": 1, "empty": 2, "same audio as": 1, "silent": 3, "too short": 1,
    }  # fmt: skip
    assert by_file["cut.wav"] == ""  # what is there can be heard, whatever its header says
    assert numbers["genres"]["rock"] == {"tracks": 2, "usable": 2, "duration_s": 3.767}


def test_of_three_equal_clips_the_first_id_stays(tmp_path, data):
    files = {f"rock/rock.{n:05d}{e}": clip(tone(440), e) for n, e in ((3, ".au"), (7, ".wav"))}
    files["metal/metal.00058.flac"] = clip(tone(440), ".flac")
    done = bring(write_folder(tmp_path / "g", files), data)
    assert reasons(done.tracks) == {
        "metal.00058": "",
        "rock.00003": "same audio as metal.00058",
        "rock.00007": "same audio as metal.00058",
    }


def test_two_silent_clips_are_silent_not_copies(tmp_path, data):
    files = {f"jazz/{n}.wav": clip(np.zeros(2 * SR)) for n in range(2)}
    assert set(reasons(bring(write_folder(tmp_path / "m", files), data).tracks).values()) == {
        "silent"
    }


def test_unknown_and_chained_merges_are_refused(tmp_path, data):
    archive = write_zip(tmp_path / "archive.zip", kaggle_gtzan())
    with pytest.raises(IngestError, match="no genre 'bleus'; there are blues, jazz, rock"):
        bring(archive, data, merges={"bleus": "jazz"})
    with pytest.raises(IngestError, match="'jazz' is itself renamed, to 'rock'"):
        bring(archive, data, merges={"blues": "jazz", "jazz": "rock"})
    assert not data.exists()


def test_a_file_name_that_is_not_utf8_is_named(tmp_path, data):
    folder = write_folder(tmp_path / "m", own_music())
    try:
        os.rename(folder / "日本" / "x y.ogg", os.fsencode(folder / "日本") + b"/caf\xe9.ogg")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    with pytest.raises(IngestError, match=r"caf\\udce9\.ogg', a name that is not UTF-8"):
        bring(folder, data)


def test_own_music_does_not_take_the_name_of_a_known_data_set(tmp_path, data):
    source = write_folder(tmp_path / "fma", own_music())
    with pytest.raises(IngestError, match=r"'fma' is the name of FMA\. Choose another one"):
        bring(source, data)
    assert bring(source, data, dataset="mine").folder == data / "mine"


def test_a_file_that_cannot_be_read_is_no_verdict(tmp_path):
    with pytest.raises(IngestError, match=r"gone\.wav: .* needs the data folder at this path"):
        inspected(tmp_path / "gone.wav")


def test_sound_outside_the_genres_is_said(tmp_path, data):
    files = {f"{n}.wav": clip(tone(440)) for n in ("theme", "blues/a", "rock/b")}
    done = bring(write_folder(tmp_path / "m", files), data)
    expected = "1 sound files outside genre folders are left out: theme.wav"
    assert expected in summary_lines(done) and len(done.tracks) == 2


def test_a_table_with_an_open_quote_is_named(tmp_path, data):
    rows = b'filename,label\n"blues.00000.wav' + b"x" * csv.field_size_limit()
    source = write_folder(tmp_path / "g", {**kaggle_gtzan(), "Data/features_30_sec.csv": rows})
    with pytest.raises(IngestError, match=r"features_30_sec\.csv is no table of comma-separated"):
        bring(source, data)


def test_a_list_of_artists_in_another_encoding_is_named(tmp_path, data):
    text = "track_id,fold,artist_group\nblues.00000,1,Beyonc\u00e9\n".encode("latin-1")
    lists = {"Data/splits/artist_3fold.csv": text}
    source = write_folder(tmp_path / "g", {**kaggle_gtzan(), **lists})
    with pytest.raises(IngestError, match=r"artist_3fold\.csv must have the columns"):
        bring(source, data)


def test_linked_folders_are_left_out_and_said(tmp_path, data):
    files = {"blues/a.wav": clip(tone(440)), "rock/b.wav": clip(tone(550))}
    source = write_folder(tmp_path / "m", files)
    elsewhere = write_folder(tmp_path / "jazz", {"c.wav": clip(tone(660))})
    assert bring(source, data).linked == 0
    (source / "jazz").symlink_to(elsewhere)
    done = bring(source, data)
    assert "1 linked folders were not followed" in summary_lines(done)
    assert set(done.tracks["genre"]) == {"blues", "rock"}
