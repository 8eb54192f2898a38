"""Tables of results/analysis: written whole, read whole or for one run, refused when impossible."""

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts import ResultsError
from pipeline.artifacts.analysis import (
    ANALYSES,
    analysis_path,
    has_analysis,
    read_analysis,
    write_analysis,
)

ROC = pd.DataFrame(
    {
        "id": ["a.b.c.d", "a.b.c.d", "a.b.x.d"],
        "genre": ["jazz", "macro", "jazz"],
        "false_positive_rate": [0.0, 0.5, 1.0],
        "true_positive_rate": [0.25, 0.75, 1.0],
    }
)


def test_a_kind_comes_back_as_it_was_written(tmp_path):
    assert not has_analysis(tmp_path, "roc")
    write_analysis(tmp_path, "roc", ROC)
    assert has_analysis(tmp_path, "roc")
    again = read_analysis(tmp_path, "roc")
    pd.testing.assert_frame_equal(again, ROC, check_dtype=False)
    assert again["true_positive_rate"].dtype == np.float32


def test_one_run_is_read_alone(tmp_path):
    write_analysis(tmp_path, "roc", ROC)
    assert read_analysis(tmp_path, "roc", run_id="a.b.c.d")["genre"].tolist() == ["jazz", "macro"]
    assert read_analysis(tmp_path, "roc", run_id="nobody").empty


def test_p_values_keep_their_digits(tmp_path):
    row = dict.fromkeys(ANALYSES["label_checks"].columns, 1) | {
        "dataset": "d",
        "checked_against": "list",
        "p": 1.234567890123e-9,
    }
    write_analysis(tmp_path, "label_checks", pd.DataFrame([row]))
    assert read_analysis(tmp_path, "label_checks")["p"].iloc[0] == row["p"]


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_outside_its_range_is_refused(tmp_path, share):
    with pytest.raises(ResultsError, match="no share between 0 and 1"):
        write_analysis(tmp_path, "roc", ROC.assign(true_positive_rate=share))
    assert not analysis_path(tmp_path, "roc").exists()


def test_other_columns_are_refused_with_the_expected_ones(tmp_path):
    with pytest.raises(ResultsError, match=r"must have the columns id, genre.*got id, genre"):
        write_analysis(tmp_path, "roc", ROC.rename(columns={"true_positive_rate": "tpr"}))


def test_a_damaged_file_says_so(tmp_path):
    write_analysis(tmp_path, "roc", ROC)
    analysis_path(tmp_path, "roc").write_bytes(b"nothing")
    with pytest.raises(ResultsError, match="is damaged"):
        read_analysis(tmp_path, "roc")


@pytest.mark.parametrize("kind", ANALYSES.values(), ids=lambda kind: kind.name)
def test_every_kind_explains_itself_and_its_shares_are_columns(kind):
    assert kind.explanation.endswith(".")
    assert set(kind.shares) <= set(kind.columns)
    assert len(set(kind.columns)) == len(kind.columns)
