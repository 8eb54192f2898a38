"""FMA: where it is looked for, what is read, what is refused, what the real files hold."""

import time
from pathlib import Path

import numpy as np
import pytest
from bulk_features import write_clip

from pipeline.cache import Cache
from pipeline.config import DATA_VARIABLE
from pipeline.datasets import DATASETS, DatasetError, fma
from pipeline.datasets.sound import Listening
from pipeline.ingest.run import ingest
from pipeline.plan import Selection, planned_runs
from pipeline.report import declarations
from pipeline.splits import PROTOCOLS, track_groups

ECHONEST = """,echonest,echonest,echonest,echonest,echonest,echonest,echonest,echonest,echonest
,metadata,{audio}
,album_name,{names}
track_id,,,,,,,,,
"""
ECHONEST = ECHONEST.format(audio=",".join(["audio_features"] * 8), names=",".join(fma.FEATURES))
ROWS = [
    (2, "Hip-Hop", "training", "1"),
    (10, "Pop", "test", "6"),
    (3, "", "", "1"),
    (134, "Pop", "validation", "6"),
    (140, "Rock", "training", "54"),
]
GENRES = """genre_id,#tracks,parent,title,top_level
10,13845,0,Pop,10
12,32923,0,Rock,12
21,8389,0,Hip-Hop,21
76,1763,10,Experimental Pop,10
"""


def write_fma(folder: Path, *, split: bool = True, artists: bool = True) -> Path:
    """Write five tracks, one of them without a root genre; tracks.csv has one more."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = np.random.default_rng(0).random((len(ROWS), 8)).round(6)
    lines = [
        f'{row[0]},"An album, live",{",".join(map(str, values))}'
        for row, values in zip(ROWS, numbers, strict=True)
    ]
    (folder / "echonest.csv").write_text(ECHONEST + "\n".join(lines) + "\n")
    tracks = [",artist,set,set,track\n,id,split,subset,genre_top\ntrack_id,,,,\n1,9,,,Rock\n"]
    tracks += [
        f"{track},{artist if artists else ''},{part if split else ''},,{genre}\n"
        for track, genre, part, artist in sorted(ROWS)
    ]
    (folder / "tracks.csv").write_text("".join(tracks))
    (folder / "genres.csv").write_text(GENRES)
    return folder


def change(path: Path, old: str, new: str) -> None:
    """Replace text that must be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize("inner", ["", "fma", "fma_metadata"])
def test_tables_are_found_in_each_layout(tmp_path, inner):
    write_fma(tmp_path / inner)
    dataset = fma.load(tmp_path)
    table = dataset.tables["echonest"]
    assert (dataset.name, dataset.synthetic) == ("fma", False)
    assert table.rows["track_id"].to_list() == ["000002", "000010", "000134", "000140"]
    assert table.rows["genre"].to_list() == ["Hip-Hop", "Pop", "Pop", "Rock"]
    assert table.genres == ("Hip-Hop", "Pop", "Rock")
    assert set(table.rows["segment"]) == set(table.rows["duplicate_group"]) == {-1}
    assert table.features == fma.FEATURES
    assert table.X.dtype == np.float32
    expected = np.random.default_rng(0).random((5, 8)).round(6)[[0, 1, 3, 4]]
    np.testing.assert_array_equal(table.X, expected.astype(np.float32))


def test_folder_may_come_from_the_environment(tmp_path, monkeypatch):
    write_fma(tmp_path)
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    assert DATASETS["fma"](None).name == "fma"


def test_official_parts_and_artists_are_read_where_filled(tmp_path):
    dataset = fma.load(write_fma(tmp_path))
    assert dataset.official is not None and dataset.artist_group is not None
    assert dataset.official.to_dict() == {
        "000002": "train", "000010": "test", "000134": "validation", "000140": "train",
    }  # fmt: skip
    assert dataset.artist_group.to_dict() == {"000002": 1, "000010": 6, "000134": 6, "000140": 54}
    assert "official" not in dataset.blanks and "track_kfold" in dataset.blanks
    table = dataset.tables["echonest"]
    fold = PROTOCOLS["official"].make_folds(table, dataset, track_groups(dataset), 0)[0]
    assert table.rows["track_id"].iloc[fold.train].to_list() == ["000002", "000140"]


def test_empty_columns_are_none_and_say_so(tmp_path):
    dataset = fma.load(write_fma(tmp_path, split=False, artists=False))
    assert dataset.official is None
    assert dataset.artist_group is None
    assert "set/split is empty" in dataset.blanks["official"]
    assert set(dataset.blanks) <= set(PROTOCOLS)
    assert "track_kfold" not in dataset.blanks


def test_unknown_artists_are_left_out(tmp_path):
    change(write_fma(tmp_path) / "tracks.csv", "\n10,6,", "\n10,,")
    groups = fma.load(tmp_path).artist_group
    assert groups is not None and "000010" not in groups and len(groups) == 3


def test_equal_rows_share_a_group(tmp_path):
    path = write_fma(tmp_path) / "echonest.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:5], "10" + lines[4][1:], *lines[6:]]))
    assert fma.load(tmp_path).tables["echonest"].rows["duplicate_group"].to_list() == [0, 0, -1, -1]


def test_hash_follows_the_labels_too(tmp_path):
    first = fma.load(write_fma(tmp_path)).tables["echonest"].sha256
    assert fma.load(tmp_path).tables["echonest"].sha256 == first
    change(tmp_path / "tracks.csv", "140,54,training,,Rock", "140,54,training,,Pop")
    assert fma.load(tmp_path).tables["echonest"].sha256 != first


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("echonest", "tempo", "pace", r"rows 1 to 3: missing column 'echonest/audio_features/temp"),
        ("echonest", "0.636962", "fast", r"row 5, .*acousticness': expected a finite .* 'fast'"),
        ("echonest", "0.636962", "", "row 5, .*acousticness': expected a finite number, got ''"),
        ("echonest", "0.636962", "nan", "row 5, .*acousticness': expected a finite .* 'nan'"),
        ("echonest", "0.636962", "1e39", "row 5, .*acousticness': expected a finite .* '1e39'"),
        ("echonest", "0.636962", "0,63", r"row 5, column '11': .* past the last of 10 columns"),
        ("echonest", "\n134,", "\n135,", "row 8, column 'track_id': 000135 is not among the 6 tr"),
        ("echonest", "\n134,", "\n3,", "row 8, column 'track_id': 000003 stands in row 7 too"),
        ("echonest", "\n134,", "\nten,", "row 8, column 'track_id': expected a whole .* 'ten'"),
        ("tracks", "genre_top", "genre", "rows 1 to 2: missing column 'track/genre_top'"),
        ("tracks", ",Hip-Hop", ",Experimental Pop", "row 5, .*unknown genre 'Experimental Pop'"),
        ("tracks", "10,6,test", "10,6,tset", "row 7, column 'set/split': expected one of trainin"),
        ("tracks", "10,6,test", "10,6,", "row 7, column 'set/split': expected one of .* got ''"),
        ("tracks", "10,6,test", "10,6,training", "column 'set/split': no track is in test"),
        ("tracks", "10,6,test", "10,Bob,test", "row 7, column 'artist/id': expected a whole"),
        ("genres", "parent", "mother", "row 1: missing column 'parent'"),
    ],
)
def test_wrong_cell_is_refused_with_its_place(tmp_path, name, old, new, message):
    change(write_fma(tmp_path) / f"{name}.csv", old, new)
    with pytest.raises(DatasetError, match=rf"{name}\.csv.*{message}.*Restore the file"):
        fma.load(tmp_path)


def test_no_root_genre_at_all_is_refused(tmp_path):
    path = write_fma(tmp_path) / "tracks.csv"
    for genre in ("Hip-Hop", "Pop", "Rock"):
        change(path, f",{genre}\n", ",\n")
    with pytest.raises(DatasetError, match="no track has a track/genre_top"):
        fma.load(tmp_path)


@pytest.mark.parametrize("missing", fma.FILES)
def test_missing_table_is_named(tmp_path, missing):
    (write_fma(tmp_path) / missing).unlink()
    with pytest.raises(DatasetError, match=rf"missing: {missing}, looked for in"):
        fma.load(tmp_path)


def test_no_data_says_where_to_get_it_and_what_works_without(tmp_path):
    with pytest.raises(DatasetError) as caught:
        fma.load(tmp_path)
    message = str(caught.value)
    for part in (
        str(tmp_path), str(tmp_path / "fma"), str(tmp_path / "fma_metadata"), *fma.FILES,
        "fma_metadata.zip", "--data", "python -m pipeline demo",
    ):  # fmt: skip
        assert part in message


def write_sound(root: Path) -> Path:
    """Ingest sound of four tracks, one of them without Echonest features; return the data folder.

    The metadata lie beside the sound, as they do after both archives were unpacked.
    """
    change(write_fma(root / "fma_metadata") / "tracks.csv", "\n1,9,,", "\n1,9,training,")
    for number in (1, 10, 134, 140):
        write_clip(root / "fma_small" / "000" / f"{number:06}.wav", 1.5, seed=number)
    cache = Cache(root / "cache")
    ingest(root / "fma_small", root / "data", cache=cache, jobs=1, advance=lambda *_: None)
    return root / "data"


def test_sound_that_was_ingested_gives_spectrograms(tmp_path):
    data, listening = write_sound(tmp_path), Listening(cache=Cache(tmp_path / "cache"))
    assert list(fma.load(data).tables) == ["echonest"]
    dataset = fma.load(data, spectrograms=["mel_clip", "mfcc_sequence"], listening=listening)
    assert list(dataset.tables) == ["echonest", "mel_clip", "mfcc_sequence"]
    table = dataset.tables["mfcc_sequence"]
    assert table.X.shape == (4, 130, 20) and dataset.left_out == ()
    assert table.rows["track_id"].to_list() == ["000001", "000010", "000134", "000140"]
    assert table.rows["genre"].to_list() == ["Rock", "Pop", "Pop", "Rock"]
    assert table.genres == ("Pop", "Rock")
    assert declarations([dataset])["datasets"]["fma"]["genres"] == ["Hip-Hop", "Pop", "Rock"]


def test_tracks_with_sound_alone_have_a_part_and_an_artist_too(tmp_path):
    data, listening = write_sound(tmp_path), Listening(cache=Cache(tmp_path / "cache"))
    wanted = ["mel_clip", "mfcc_sequence"]
    dataset = fma.load(data, spectrograms=wanted, listening=listening)
    assert dataset.official is not None and dataset.artist_group is not None
    assert dataset.official["000001"] == "train" and dataset.artist_group["000001"] == 9
    assert len(dataset.official) == len(dataset.artist_group) == 5
    groups, table = track_groups(dataset), dataset.tables["mel_clip"]
    (fold,) = PROTOCOLS["official"].make_folds(table, dataset, groups, 0)
    assert table.rows["track_id"].iloc[fold.train].to_list() == ["000001", "000140"]
    study = ("mfcc_dense", "mfcc_cnn", "mfcc_lstm", "mfcc_time_distributed")
    runs = planned_runs(dataset, groups, Selection(models=("compact_cnn", *study)))
    assert {str(run.run_id) for run in runs} == {
        "fma.mel_clip.compact_cnn.official",
        *(f"fma.mfcc_sequence.{name}.official" for name in study),
    }


def test_metadata_without_sound_give_no_spectrograms(tmp_path):
    assert list(fma.load(write_fma(tmp_path), spectrograms=True).tables) == ["echonest"]
    (tmp_path / "tracks.parquet").write_bytes(b"PAR1")
    with pytest.raises(DatasetError, match=r"tracks\.parquet is damaged"):
        fma.load(tmp_path, spectrograms=True)


def test_real_tables_hold_twelve_unbalanced_genres(data_root):
    started_s = time.process_time()
    dataset = fma.load(data_root)
    assert time.process_time() - started_s < 5.0  # 0.4 s where this was written
    table = dataset.tables["echonest"]
    assert table.X.shape == (9355, 8)
    assert np.isfinite(table.X).all()
    counts = table.rows["genre"].value_counts()
    assert len(table.genres) == len(counts) == 12
    assert (counts["Rock"], counts["Experimental"]) == (3892, 17)
    assert (table.rows["duplicate_group"] == -1).all()
