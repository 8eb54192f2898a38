"""Groups of copies: which tracks, which genres, which segments."""

import dataclasses

import pandas as pd
import pytest
from small_dataset import small_dataset

from pipeline.analysis.duplicates import duplicates
from pipeline.artifacts.analysis import validate_analysis
from pipeline.datasets import gtzan
from pipeline.splits import track_groups


def with_rows(dataset, representation, change):
    """Replace the rows of one table by ``change(rows)``."""
    table = dataset.tables[representation]
    changed = dataclasses.replace(table, rows=change(table.rows.copy()))
    return dataclasses.replace(dataset, tables=dataset.tables | {representation: changed})


def table_of(dataset) -> pd.DataFrame:
    """Find duplicates, checked as they are when written."""
    table = duplicates(dataset, track_groups(dataset))
    validate_analysis(table, "duplicates")
    return table


def copies_in_two_genres(rows):
    """Call one of the two copies by another genre."""
    rows.loc[rows["track_id"] == "alpha.00001", "genre"] = "beta"
    return rows


def last_segment_apart(rows):
    """Let the copies agree in two segments of three."""
    rows.loc[rows["segment"] == 2, "duplicate_group"] = -1
    return rows


def without_copies(rows):
    """Flag no row."""
    return rows.assign(duplicate_group=-1)


def test_copies_of_one_genre_are_a_group_without_conflict():
    table = table_of(small_dataset())
    assert table["track_id"].to_list() == ["alpha.00000", "alpha.00001"]
    assert table["group"].to_list() == [0, 0]
    assert not table["conflicting"].any()
    assert set(table["found_in"]) == {"features_3s, features_30s"}
    assert table["share"].to_list() == [1.0, 1.0]


def test_copies_of_two_genres_conflict():
    dataset = small_dataset()
    for representation in dataset.tables:
        dataset = with_rows(dataset, representation, copies_in_two_genres)
    table = table_of(dataset)
    assert table["conflicting"].all()
    assert table["genre"].to_list() == ["alpha", "beta"]


def test_share_counts_segments_and_found_in_names_the_tables_that_agree():
    dataset = with_rows(small_dataset(), "features_3s", last_segment_apart)
    dataset = with_rows(dataset, "features_30s", without_copies)
    table = table_of(dataset)
    assert table["share"].to_list() == [pytest.approx(2 / 3)] * 2
    assert set(table["found_in"]) == {"features_3s"}


def test_chain_of_copies_is_one_group_compared_with_its_first():
    def chained(rows):
        rows["duplicate_group"] = -1
        for group, (first, second) in enumerate([(0, 1), (1, 2)]):
            pair = rows["track_id"].isin([f"alpha.{first:05d}", f"alpha.{second:05d}"])
            rows.loc[pair & (rows["segment"] == group), "duplicate_group"] = group
        return rows

    dataset = with_rows(small_dataset(), "features_3s", chained)
    dataset = with_rows(dataset, "features_30s", without_copies)
    table = table_of(dataset)
    assert table["group"].to_list() == [0, 0, 0]
    assert table["share"].to_list() == [pytest.approx(1 / 3), pytest.approx(1 / 3), 0.0]


def test_no_copies_is_an_empty_table_that_keeps_numbers_numbers():
    dataset = small_dataset()
    full = table_of(dataset)
    for representation in dataset.tables:
        dataset = with_rows(dataset, representation, without_copies)
    empty = table_of(dataset)
    assert empty.empty
    joined = pd.concat([full, empty], ignore_index=True)
    for name in ("group", "conflicting", "share"):
        assert joined[name].dtype == full[name].dtype


def test_real_gtzan_has_one_group_of_two_genres(data_root):
    table = table_of(gtzan.load(data_root))
    assert table["group"].nunique() == 15
    assert len(table) == 30
    conflicting = table[table["conflicting"]]
    assert conflicting["track_id"].to_list() == ["metal.00058", "rock.00016"]
    below = table[table["share"] < 1]
    assert below["track_id"].to_list() == ["reggae.00073", "reggae.00074"]
