"""Any ingested data set: which rows its tables give, what is left out, what is refused."""

import json

import numpy as np
import pytest
from ingested import track_rows, write_features, write_ingested
from typer.testing import CliRunner

from pipeline.__main__ import app
from pipeline.analysis import clusters
from pipeline.config import CACHE_VARIABLE
from pipeline.datasets import DatasetError, gtzan, own
from pipeline.ingest.tracks import NO_SOUND
from pipeline.splits import PROTOCOLS, track_groups

TABLES = {"features_3s": "features_3_sec.csv", "features_30s": "features_30_sec.csv"}


def write_own(root, *, each=12, genres=("Jazz", "Samba", "Folk"), change=None, segments=4):
    """Write own music with tables whose rows are named by file, as the command prints them."""
    tracks = track_rows(genres, each=each)
    folder = root / "mine"
    if change is not None:
        tracks = change(tracks)
    write_ingested(folder, tracks)
    stems = [(p.rpartition("/")[2].removesuffix(".mp3"), p.split("/")[2]) for p in tracks["path"]]
    names = [f"{stem}.{k}.wav" for stem, _ in stems for k in range(segments)]
    labels = [label for _, label in stems for _ in range(segments)]
    write_features(folder / TABLES["features_3s"], names, labels)
    write_features(
        folder / TABLES["features_30s"], [f"{s}.wav" for s, _ in stems], [g for _, g in stems]
    )
    return tracks


def test_tables_named_by_file_become_tracks(tmp_path):
    tracks = write_own(tmp_path)
    dataset = own.load(tmp_path, "mine")
    assert (dataset.name, dataset.title, dataset.synthetic) == ("mine", "Mine", False)
    assert list(dataset.tables) == ["features_3s", "features_30s", "features_song"]
    for name, table in dataset.tables.items():
        assert table.genres == ("Folk", "Jazz", "Samba")
        assert set(table.rows["track_id"]) == set(tracks["track_id"])
        assert len(table.rows) == 36 * (4 if name == "features_3s" else 1)
    assert dataset.tables["features_3s"].rows["segment"].to_list() == [0, 1, 2, 3] * 36
    assert dataset.artist_group is None and "/music" not in dataset.source


def test_tables_named_by_id_are_the_same(tmp_path):
    tracks = write_own(tmp_path)
    by_file = own.load(tmp_path, "mine").tables["features_3s"]
    names = [f"{track}.{k}.wav" for track in tracks["track_id"] for k in range(4)]
    labels = [genre for genre in tracks["genre"] for _ in range(4)]
    write_features(tmp_path / "mine" / TABLES["features_3s"], names, labels)
    by_id = own.load(tmp_path, "mine").tables["features_3s"]
    np.testing.assert_array_equal(by_id.X, by_file.X)
    assert by_id.rows.equals(by_file.rows)


def test_files_of_one_name_are_told_apart_by_their_folder(tmp_path):
    write_own(tmp_path)  # every genre has "00 Song.no.0.mp3"
    rows = own.load(tmp_path, "mine").tables["features_30s"].rows
    assert all(row.track_id.startswith(row.genre.lower()) for row in rows.itertuples())


def test_a_name_of_several_tracks_is_refused(tmp_path):
    def deeper(tracks):
        tracks.loc[1, "path"] = tracks.loc[0, "path"].replace("/Jazz/", "/Jazz/Jazz/")
        return tracks

    write_own(tmp_path, change=deeper)
    with pytest.raises(
        DatasetError, match=r"row 2, .*'00 Song\.no\.0' is the name of \d tracks: nam"
    ):
        own.load(tmp_path, "mine")


def test_excluded_tracks_are_left_out_and_those_known_without_sound_are_not(tmp_path):
    def exclude(tracks):
        tracks.loc[0, "excluded_reason"] = "same audio as x"
        tracks.loc[1, "excluded_reason"] = NO_SOUND
        tracks.loc[2, "excluded_reason"] = "corrupt: no header"
        return tracks

    tracks = write_own(tmp_path, change=exclude)
    for table in own.load(tmp_path, "mine").tables.values():
        left = set(tracks["track_id"]) - set(table.rows["track_id"])
        assert left == {tracks["track_id"][0], tracks["track_id"][2]}


def test_of_a_long_track_the_middle_thirty_seconds_stand_for_it(tmp_path):
    tracks = write_own(tmp_path)
    track = tracks["track_id"][0]
    names = [f"{track}.{k}.wav" for k in (4, 0, 3, 1, 2)] + [
        f"{t}.wav" for t in tracks["track_id"][1:]
    ]
    labels = ["Jazz"] * 5 + list(tracks["genre"][1:])
    path = tmp_path / "mine" / TABLES["features_30s"]
    write_features(path, names, labels)
    rows = own.load(tmp_path, "mine").tables["features_30s"]
    assert len(rows.rows) == 36 and set(rows.rows["segment"]) == {-1}
    line = path.read_text().splitlines()[1 + names.index(f"{track}.2.wav")].split(",")
    at = rows.rows.index[rows.rows["track_id"] == track][0]
    assert rows.X[at, 0] == np.float32(line[2])


def test_a_row_of_no_track_is_named(tmp_path):
    write_own(tmp_path)
    path = tmp_path / "mine" / TABLES["features_3s"]
    path.write_text(path.read_text().replace("03 Song.no.3.1.wav", "other.1.wav", 1))
    with pytest.raises(
        DatasetError, match=r"features_3_sec.csv, row 15, .*'other\.1\.wav' is no wind"
    ):
        own.load(tmp_path, "mine")


def test_one_row_twice_is_named(tmp_path):
    write_own(tmp_path)
    path = tmp_path / "mine" / TABLES["features_3s"]
    path.write_text(path.read_text().replace("00 Song.no.0.1.wav", "00 Song.no.0.0.wav", 1))
    with pytest.raises(DatasetError, match=r"row 3, .* stands in row 2 too"):
        own.load(tmp_path, "mine")


def test_too_few_tracks_to_compare_models_are_refused(tmp_path):
    write_own(tmp_path, each=10)
    own.validate_comparable(own.load(tmp_path, "mine"))
    write_own(tmp_path, each=9)
    with pytest.raises(DatasetError, match="Mine: models cannot be compared on fewer than 30 tr"):
        own.validate_comparable(own.load(tmp_path, "mine"))


def test_missing_protocols_are_explained(tmp_path):
    write_own(tmp_path, each=9)
    blanks = own.load(tmp_path, "mine").blanks
    assert set(blanks) == {"artist_3fold", "fault_filtered", "official", "track_kfold"}
    assert "splits/artist_3fold.csv" in blanks["artist_3fold"]
    assert "ten folds need 10 tracks of each genre" in blanks["track_kfold"]
    write_own(tmp_path, each=1)
    assert {"clip_random", "track_kfold"} <= set(own.load(tmp_path, "mine").blanks)
    assert set(own.load(tmp_path, "mine").blanks) <= set(PROTOCOLS)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("each", [2, 5, 10, 12])
def test_protocols_that_are_not_blank_make_folds(tmp_path, each):
    write_own(tmp_path, each=each)
    dataset = own.load(tmp_path, "mine")
    groups = track_groups(dataset)
    for name, protocol in PROTOCOLS.items():
        if name in dataset.blanks:
            continue
        for table in dataset.tables.values():
            for fold in protocol.make_folds(table, dataset, groups, 0):
                assert len(fold.train) + len(fold.test) <= len(table.rows)


def test_artists_and_lists_are_used_where_they_are(tmp_path):
    def with_artists(tracks):
        return tracks.assign(artist_group=(tracks.index // 4).astype("Int64"))

    tracks = write_own(tmp_path, change=with_artists)
    splits = tmp_path / "mine" / "splits"
    splits.mkdir()
    lines = [f"{t},{n // 4 % 3},{n // 4}" for n, t in enumerate(tracks["track_id"])]
    (splits / "artist_3fold.csv").write_text("\n".join(["track_id,fold,artist_group", *lines]))
    dataset = own.load(tmp_path, "mine")
    assert dataset.artist_group is not None and dataset.artist_group.nunique() == 9
    assert "artist_3fold" not in dataset.blanks
    table = dataset.tables["features_3s"]
    folds = PROTOCOLS["artist_3fold"].make_folds(table, dataset, track_groups(dataset), 0)
    artist = table.rows["track_id"].map(dataset.artist_group)
    assert len(folds) == 3
    assert all(not set(artist[f.train]) & set(artist[f.test]) for f in folds)


def test_what_is_missing_is_said(tmp_path):
    with pytest.raises(
        DatasetError, match=r"tracks\.parquet not found\. Run `python -m pipeline ing"
    ):
        own.load(tmp_path, "mine")
    write_ingested(tmp_path / "mine", track_rows(["Jazz", "Folk"], each=2))
    with pytest.raises(DatasetError, match=r"has no features yet: features_3_sec\.csv or"):
        own.load(tmp_path, "mine")
    write_own(tmp_path, genres=["Jazz"])
    with pytest.raises(DatasetError, match="at least two genres are needed, got Jazz"):
        own.load(tmp_path, "mine")
    (tmp_path / "mine" / "tracks.parquet").write_bytes(b"PAR1")
    with pytest.raises(DatasetError, match=r"tracks\.parquet is damaged"):
        own.load(tmp_path, "mine")


def gtzan_tables(folder):
    """Write both tables of a small GTZAN, and its tracks with blues as jazz."""
    genres = ("blues", "jazz", "pop")
    tracks = track_rows(genres, each=3)
    tracks["track_id"] = [f"{g}.{n:05d}" for g in genres for n in range(3)]
    tracks["genre"] = tracks["genres"] = tracks["genre"].replace({"blues": "jazz"})
    tracks["path"], tracks["excluded_reason"] = "", NO_SOUND
    write_ingested(folder, tracks, family="gtzan", merges={"blues": "jazz"})
    labels = [track[:-6] for track in tracks["track_id"]]
    write_features(
        folder / TABLES["features_30s"], [f"{t}.wav" for t in tracks["track_id"]], labels
    )


def test_a_merged_gtzan_under_its_own_name(tmp_path):
    gtzan_tables(tmp_path / "gtzan_nine")
    dataset = own.load(tmp_path, "gtzan_nine")
    table = dataset.tables["features_30s"]
    assert dataset.title == "GTZAN (blues as jazz)" and table.genres == ("jazz", "pop")
    assert table.rows.set_index("track_id")["genre"]["blues.00000"] == "jazz"


def test_gtzan_itself_follows_the_merges_of_its_ingest(tmp_path):
    gtzan_tables(tmp_path / "gtzan")
    table = gtzan.load(tmp_path).tables["features_30s"]
    assert len(table.genres) == 9 and "blues" not in table.genres
    assert table.rows["genre"].to_list() == ["jazz"] * 6 + ["pop"] * 3
    (tmp_path / "gtzan" / "ingest.json").write_text("{")
    with pytest.raises(DatasetError, match=r"ingest\.json is damaged"):
        gtzan.load(tmp_path)


def test_own_music_can_be_trained_on(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(clusters, "N_INIT", 1)
    write_own(tmp_path / "data", each=10, segments=2)
    arguments = ["--data", str(tmp_path / "data"), "--out", str(tmp_path / "out"), "--jobs", "1"]
    arguments += ["--only", "mine.features_3s.knn_1.track_kfold"]
    result = CliRunner().invoke(app, ["train", "--dataset", "mine", *arguments])
    assert result.exit_code == 0, result.output
    content = json.loads((tmp_path / "out" / "results.json").read_text())
    assert "mine.features_3s.knn_1.track_kfold" in content["ids"]
    assert content["datasets"]["mine"]["genres"] == ["Folk", "Jazz", "Samba"]
    by_id = {run["id"]: run for run in content["metadata"]}
    accuracy = by_id["mine.features_3s.knn_1.track_kfold"]["accuracy"]["track"]["value"]
    assert accuracy > 0.9  # the made-up genres lie apart


def test_training_on_own_music_may_not_replace_the_committed_results():
    result = CliRunner().invoke(app, ["train", "--dataset", "mine"], env={"GENRELENS_RESULTS": ""})
    assert result.exit_code == 2 and "--out DIR" in result.output


def test_an_unknown_data_set_is_named(tmp_path):
    arguments = ["--dataset", "mine", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    for command in ("train", "choose"):
        result = CliRunner().invoke(app, [command, *arguments])
        assert result.exit_code == 2 and "mine/tracks.parquet not found" in result.output


def test_only_the_folder_of_its_name_is_loaded(tmp_path):
    write_own(tmp_path / "d")
    (tmp_path / "e").mkdir()
    for name in ("../d/mine", str(tmp_path / "d" / "mine"), "", "."):
        with pytest.raises(DatasetError, match="a data set is named by at most 40"):
            own.load(tmp_path / "e", name)
    (tmp_path / "d" / "mine").rename(tmp_path / "d" / "yours")
    with pytest.raises(DatasetError, match=r"holds the data set 'mine' .* not 'yours'"):
        own.load(tmp_path / "d", "yours")
