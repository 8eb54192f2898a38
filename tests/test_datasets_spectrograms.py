"""Spectrograms as tables: those of a tiny archive written here, and what real files hold."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.fft import dct
from skimage.feature import hog as scikit_hog
from tiny_spectrograms import (
    COPY,
    TRACKS,
    picture_path,
    steps_of,
    stored_mel_3s,
    tables_of,
    write_mel_3s,
    write_pictures,
    write_tables,
)

from pipeline.config import data_candidates
from pipeline.datasets import Dataset, DatasetError, gtzan
from pipeline.datasets.spectrogram_files import PICTURES
from pipeline.datasets.spectrograms import SPECTROGRAMS, fused_table
from pipeline.features.fused import FUSED
from pipeline.features.image_statistics import IMAGE_STATISTIC_NAMES, image_statistics
from pipeline.ingest.record import Record, write_record
from pipeline.report import REPRESENTATIONS
from pipeline.splits import PROTOCOLS, track_groups

OF_PICTURES = ("images_kaggle", "hog_9", "hog_12", "mel_clip", "image_statistics")
OF_MEL_3S = ("mel_3s", "mfcc_sequence", "mfcc_pieces")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    write_tables(folder)
    write_pictures(folder)
    write_mel_3s(folder)
    (folder / PICTURES / "blues" / "._blues00000.png").write_text("left by an archive program")
    return folder


@pytest.fixture(scope="module")
def dataset(archive: Path) -> Dataset:
    return gtzan.load(archive, spectrograms=True)


def test_every_representation_is_there_and_has_a_title(dataset) -> None:
    assert set(SPECTROGRAMS) == {*OF_PICTURES, *OF_MEL_3S, "fused"}
    assert set(dataset.tables) == {
        "features_3s", "features_30s", "features_song", *SPECTROGRAMS,
    }  # fmt: skip
    for name in SPECTROGRAMS:
        _, short, unit = REPRESENTATIONS[name]
        assert short and unit == ("piece" if name == "mfcc_pieces" else "track")


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("images_kaggle", (4, 288, 432)),
        ("hog_9", (4, 32 * 48 * 9)),
        ("hog_12", (4, 24 * 36 * 9)),
        ("mel_clip", (4, 333, 128)),
        ("image_statistics", (4, len(IMAGE_STATISTIC_NAMES))),
        ("mel_3s", (4, 130, 128)),
        ("mfcc_sequence", (4, 130, 20)),
        ("mfcc_pieces", (12, 41, 20)),
        ("fused", (3, FUSED.width)),
    ],
)
def test_rows_and_shapes(dataset, name, shape) -> None:
    table = dataset.tables[name]
    assert table.X.shape == shape and table.X.dtype == np.float32
    assert table.X.flags.c_contiguous
    assert (table.dataset, table.representation, table.genres) == ("gtzan", name, gtzan.GENRES)
    assert table.described == (name == "image_statistics")
    rows = table.rows
    assert list(rows.columns) == ["track_id", "segment", "genre", "duplicate_group"]
    assert (rows["genre"] == rows["track_id"].str.split(".").str[0]).all()
    assert len(table.sha256) == 64
    if name == "mfcc_pieces":
        assert rows["segment"].tolist() == [0, 1, 2] * 4
        assert rows["track_id"].tolist() == [track for track in TRACKS for _ in range(3)]
    else:
        assert (rows["segment"] == -1).all()
        assert rows["track_id"].tolist() == list(TRACKS[1:] if name == "fused" else TRACKS)


def test_copies_share_a_group_piece_by_piece(dataset) -> None:
    for name in (*OF_PICTURES, "mel_3s", "mfcc_sequence"):
        assert dataset.tables[name].rows["duplicate_group"].tolist() == [-1, -1, 0, 0]
    pieces = dataset.tables["mfcc_pieces"].rows["duplicate_group"].tolist()
    assert pieces == [-1] * 6 + [0, 1, 2] * 2
    genre_of_copies = track_groups(dataset).table.loc[list(COPY), "duplicate"]
    assert genre_of_copies.nunique() == 1


def test_levels_are_those_drawn_and_statistics_those_of_the_levels(dataset) -> None:
    levels = dataset.tables["mel_clip"].X
    for row, track in enumerate(TRACKS):
        assert levels[row] == pytest.approx(-80 + 80 * steps_of(track) / 255, abs=1e-4)
    expected = np.array([image_statistics(mel) for mel in levels])
    assert np.array_equal(dataset.tables["image_statistics"].X, expected)
    assert dataset.tables["image_statistics"].features == IMAGE_STATISTIC_NAMES


@pytest.mark.parametrize(("name", "cell"), [("hog_9", 9), ("hog_12", 12)])
def test_gradients_are_scikit_images(dataset, name, cell) -> None:
    for row, image in enumerate(dataset.tables["images_kaggle"].X):
        expected = scikit_hog(image, pixels_per_cell=(cell, cell), cells_per_block=(1, 1))
        assert dataset.tables[name].X[row] == pytest.approx(expected, abs=1e-5)


def test_cepstra_are_the_cosine_transform_of_the_levels(dataset) -> None:
    mel = stored_mel_3s().astype(float).transpose(0, 2, 1)
    assert np.array_equal(dataset.tables["mel_3s"].X, mel)
    expected = dct(mel, type=2, norm="ortho", axis=-1)[..., :20]
    sequences = dataset.tables["mfcc_sequence"].X
    assert sequences == pytest.approx(expected, abs=1e-4)
    pieces = dataset.tables["mfcc_pieces"].X.reshape(4, 3, 41, 20)
    assert np.array_equal(pieces.reshape(4, 123, 20), sequences[:, :123])


def test_fused_rows_are_of_the_tracks_in_all_three_tables(dataset) -> None:
    table, songs = dataset.tables["fused"], dataset.tables["features_song"]
    mel, statistics, song = FUSED.split(table.X)
    assert np.array_equal(mel, dataset.tables["mel_clip"].X[1:])
    assert np.array_equal(statistics, dataset.tables["image_statistics"].X[1:])
    for row, track in zip(song, table.rows["track_id"], strict=True):
        (position,) = np.flatnonzero(songs.rows["track_id"] == track)
        assert np.array_equal(row, songs.X[position])


def test_pictures_of_no_track_in_the_songs_cannot_be_fused(dataset) -> None:
    songs = dataset.tables["features_song"]
    others = replace(songs, rows=songs.rows.assign(track_id="pop.00000"))
    with pytest.raises(DatasetError, match="no track of features_song has a picture"):
        fused_table(dataset.tables["mel_clip"], dataset.tables["image_statistics"], others)


def test_nothing_changes_without_spectrograms_and_only_the_named_are_read(archive) -> None:
    assert list(gtzan.load(archive).tables) == ["features_3s", "features_30s", "features_song"]
    named = gtzan.load(archive, spectrograms=["mel_3s", "fused"])
    assert list(named.tables)[3:] == ["mel_3s", "fused"]
    with pytest.raises(ValueError, match=r"spectrograms are images_kaggle, .* not mel_30s"):
        gtzan.load(archive, spectrograms=["mel_30s"])


def test_a_folder_without_files_lacks_their_tables(tmp_path) -> None:
    assert tables_of(tmp_path, *SPECTROGRAMS) == {}
    write_mel_3s(tmp_path)
    assert set(tables_of(tmp_path, *SPECTROGRAMS)) == set(OF_MEL_3S)
    write_pictures(tmp_path)
    assert "fused" not in tables_of(tmp_path, "mel_clip", "fused")  # no songs


def test_genres_named_anew_are_so_in_spectrograms_too(tmp_path) -> None:
    write_tables(tmp_path)
    write_mel_3s(tmp_path)
    write_record(tmp_path, Record("gtzan", "gtzan", merges={"blues": "jazz"}), {})
    table = gtzan.load(tmp_path, spectrograms=["mel_3s"]).tables["mel_3s"]
    assert "blues" not in table.genres
    assert table.rows["genre"].tolist() == ["jazz", "jazz", "jazz", "rock"]


def test_another_picture_is_another_hash(tmp_path) -> None:
    write_pictures(tmp_path)
    before = tables_of(tmp_path, "mel_clip", "hog_12")
    assert before["mel_clip"].sha256 == before["hog_12"].sha256
    path = picture_path(tmp_path, "blues.00001")
    path.rename(path.with_name("blues00002.png"))
    assert tables_of(tmp_path, "mel_clip")["mel_clip"].sha256 != before["mel_clip"].sha256


@pytest.fixture(scope="module")
def real(data_root: Path) -> tuple[Dataset, Dataset]:
    """GTZAN without and with spectrograms."""
    if not any((folder / PICTURES).is_dir() for folder in data_candidates(data_root)):
        pytest.skip("no pictures: images_original/ is not in the data folder. See data/README.md")
    wanted = ["images_kaggle", "mel_3s", "mfcc_pieces"]
    return gtzan.load(data_root), gtzan.load(data_root, spectrograms=wanted)


def test_real_spectrograms_change_no_group_and_no_fold(real) -> None:
    plain, with_spectrograms = real
    groups, same = (track_groups(dataset) for dataset in real)
    assert groups.table.equals(same.table)
    assert groups.artist_names == same.artist_names
    for protocol in PROTOCOLS.values():
        for table in plain.tables.values():
            folds = protocol.make_folds(table, plain, groups, 0)
            others = protocol.make_folds(table, with_spectrograms, same, 0)
            assert len(folds) == len(others)
            for fold, other in zip(folds, others, strict=True):
                for part in ("train", "validation", "test"):
                    assert np.array_equal(getattr(fold, part), getattr(other, part))


def test_real_spectrograms_hold_every_clip_and_the_known_copies(real) -> None:
    tables = real[1].tables
    assert tables["images_kaggle"].X.shape == (999, 288, 432)
    assert "jazz.00054" not in set(tables["images_kaggle"].rows["track_id"])
    assert tables["mel_3s"].X.shape == (1000, 130, 128)
    assert tables["mfcc_pieces"].X.shape == (3000, 41, 20)
    known = track_groups(real[0]).table["duplicate"]
    for name in ("images_kaggle", "mel_3s"):
        rows = tables[name].rows
        copies = rows[rows["duplicate_group"] >= 0]
        assert len(copies) == 28 and copies["duplicate_group"].nunique() == 14
        for _, group in copies.groupby("duplicate_group"):
            assert known[group["track_id"]].nunique() == 1
