"""The published split lists: made-up lists in their form, and what is refused."""

import hashlib

import pandas as pd
import pytest
from file_server import serving
from split_texts import FACTS, FOLDS, PARTS, server_files
from tiny_archives import everything_below, silent

from pipeline.datasets.gtzan import TRACKS
from pipeline.datasets.split_lists import (
    FAULT_FILTERED_FILE,
    read_artist_fold,
    read_artist_group,
    read_fault_filtered,
)
from pipeline.ingest import IngestError
from pipeline.ingest.catalogue import BASE_VARIABLE
from pipeline.ingest.download import DownloadError, Patience
from pipeline.ingest.published_splits import (
    PUBLISHED,
    artist_table,
    fault_filtered_table,
    fetch_splits,
    validate_published,
)

PATIENCE = Patience(timeout_s=2.0, attempts=2, pause_s=0.0)


def test_lists_are_sorted_tables():
    assert fault_filtered_table(PARTS).to_numpy().tolist() == [
        ["blues.00029", "train"], ["jazz.00003", "validation"],
        ["pop.00007", "test"], ["rock.00001", "train"],
    ]  # fmt: skip
    assert artist_table(FOLDS).to_numpy().tolist() == [
        ["blues.00012", 1, "1"], ["jazz.00000", 2, "0"],
        ["pop.00007", 3, "333"], ["rock.00090", 1, "410"],
    ]  # fmt: skip


def test_what_is_fetched_is_what_the_readers_read(tmp_path, monkeypatch):
    with serving(server_files()) as server:
        monkeypatch.setenv(BASE_VARIABLE, server.address)
        paths = fetch_splits(tmp_path, advance=silent, patience=PATIENCE, facts=FACTS)
    assert sorted(path.name for path in paths) == sorted(everything_below(tmp_path))
    split = read_fault_filtered(tmp_path, tracks=TRACKS)
    assert split is not None and split.set_index("track_id")["split"]["pop.00007"] == "test"
    fold, group = (
        read_artist_fold(tmp_path, tracks=TRACKS),
        read_artist_group(tmp_path, tracks=TRACKS),
    )
    assert fold is not None and fold.to_dict() == {
        "blues.00012": 0, "jazz.00000": 1, "pop.00007": 2, "rock.00090": 0,
    }  # fmt: skip
    assert group is not None and group["rock.00090"] == 410


def test_lists_of_another_version_are_refused_and_nothing_is_written(tmp_path, monkeypatch):
    with serving(server_files()) as server:
        monkeypatch.setenv(BASE_VARIABLE, server.address)
        with pytest.raises(
            IngestError, match=r"test 290, train 443.* and the SHA-256 b98c82.*test 1,"
        ):
            fetch_splits(tmp_path, advance=silent, patience=PATIENCE)
        server.files["/splits/f2_evaluate.txt"] = b"<html>moved</html>"
        with pytest.raises(
            DownloadError, match=r"f2_evaluate\.txt could not be .*\n.*an HTML page"
        ):
            fetch_splits(tmp_path, advance=silent, patience=PATIENCE, facts=FACTS)
        del server.files["/splits/f3_evaluate_groups.txt"]
        server.files |= {"/splits/f2_evaluate.txt": FOLDS[2, "evaluate"].encode()}
        with pytest.raises(DownloadError, match="the server answered 404"):
            fetch_splits(tmp_path, advance=silent, patience=PATIENCE, facts=FACTS)
    assert everything_below(tmp_path) == {}


def test_equal_counts_of_other_tracks_are_noticed():
    table = fault_filtered_table({**PARTS, "test": "pop/pop.00008.wav"})
    with pytest.raises(IngestError, match="has changed at its source"):
        validate_published(table, FAULT_FILTERED_FILE, FACTS[FAULT_FILTERED_FILE])


@pytest.mark.parametrize("line", ["polka/polka.00001.wav", "404: Not Found", "rock/rock.00100.wav"])
def test_a_line_that_is_no_clip_is_named(line):
    with pytest.raises(IngestError, match=f"list validation must have .* got '{line}'"):
        fault_filtered_table({**PARTS, "validation": line})


def test_a_track_in_two_parts_is_named():
    with pytest.raises(IngestError, match=r"rock\.00001 is in two lines"):
        fault_filtered_table({**PARTS, "test": PARTS["train"]})
    with pytest.raises(IngestError, match=r"jazz\.00000 is in two lines"):
        artist_table({**FOLDS, (3, "evaluate"): FOLDS[2, "evaluate"],
                      (3, "evaluate_groups"): FOLDS[2, "evaluate_groups"]})  # fmt: skip


@pytest.mark.parametrize("groups", ["", "./jazz_00000.wav\tx\n", "./jazz_00001.wav\t3\n"])
def test_a_fold_without_its_artists_is_named(groups):
    with pytest.raises(IngestError, match=r"fold 2: .* must name the same tracks"):
        artist_table({**FOLDS, (2, "evaluate_groups"): groups})


def test_the_real_lists_are_the_published_ones(data_root):
    folders = [folder / "splits" for folder in (data_root, data_root / "gtzan", data_root / "Data")]
    folder = next((folder for folder in folders if folder.is_dir()), None)
    if folder is None:
        pytest.skip(f"no split lists beside the real tables in {data_root}")
    for name, facts in PUBLISHED.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == facts.sha256
        validate_published(pd.read_csv(folder / name), name, facts)
