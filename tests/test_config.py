"""Where data and results are looked for."""

from pathlib import Path

from pipeline import config


def test_data_is_looked_for_in_one_root_only(monkeypatch):
    monkeypatch.setenv(config.DATA_VARIABLE, "/elsewhere")
    assert config.data_candidates("/named") == [
        Path("/named"),
        Path("/named/gtzan"),
        Path("/named/Data"),
    ]
    assert config.data_candidates()[0] == Path("/elsewhere")
    monkeypatch.delenv(config.DATA_VARIABLE)
    assert config.data_candidates()[0] == config.REPOSITORY / "data"


def test_results_come_from_argument_then_environment_then_repository(monkeypatch):
    monkeypatch.setenv(config.RESULTS_VARIABLE, "/other")
    assert config.results_dir("/named") == Path("/named")
    assert config.results_dir() == Path("/other")
    monkeypatch.delenv(config.RESULTS_VARIABLE)
    assert config.results_dir() == config.REPOSITORY / "results"


def test_three_second_segments_are_three_seconds():
    assert config.ANALYSIS.segment_stride == 3 * config.ANALYSIS.sr
    assert config.ANALYSIS.segment_length == config.ANALYSIS.segment_stride - 1
