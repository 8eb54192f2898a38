"""The log of test evaluations: every run is in it, whichever folder it wrote to."""

from pathlib import Path

from pipeline.cache import Cache
from pipeline.evaluation_log import LOG_FILE, all_evaluations, log_evaluation


def noted(cache, folder, *run_ids):
    return log_evaluation(cache, commit="c0ffee", folder=Path(folder), run_ids=run_ids)


def test_a_run_into_another_folder_is_in_the_next_log(tmp_path):
    cache = Cache(tmp_path)
    trial = noted(cache, "/elsewhere/trial", "gtzan.a.b.c")
    own = noted(cache, "results", "gtzan.a.b.c")
    assert all_evaluations(cache, own, []) == [trial, own]
    assert trial["folder"] == "trial" and trial["commit"] == "c0ffee"


def test_what_was_known_before_comes_first_and_once(tmp_path):
    cache = Cache(tmp_path)
    first = noted(cache, "results", "gtzan.a.b.c")
    known = [{"finished_at": "earlier"}, first]
    second = noted(cache, "results", "gtzan.a.b.c")
    assert all_evaluations(cache, second, known) == [*known, second]


def test_other_data_sets_do_not_count(tmp_path):
    cache = Cache(tmp_path)
    noted(cache, "demo-results", "demo.a.b.c")
    both = noted(cache, "trial", "demo.a.b.c", "gtzan.a.b.c")
    own = noted(cache, "results", "gtzan.a.b.c")
    assert all_evaluations(cache, own, []) == [both, own]


def test_a_line_that_a_kill_cut_short_is_left_out(tmp_path):
    cache = Cache(tmp_path)
    first = noted(cache, "trial", "gtzan.a.b.c")
    with (tmp_path / LOG_FILE).open("a") as file:
        file.write('{"started_at": "2026')
    second = noted(cache, "trial", "gtzan.a.b.c")
    own = noted(Cache(None), "results", "gtzan.a.b.c")
    assert all_evaluations(cache, own, []) == [first, second, own]


def test_nothing_is_logged_of_a_selection_of_nothing_or_without_a_cache(tmp_path):
    noted(Cache(tmp_path / "cache"), "results")
    assert noted(Cache(None), "results", "gtzan.a.b.c")["run_ids"] == ["gtzan.a.b.c"]
    assert list(tmp_path.iterdir()) == []
