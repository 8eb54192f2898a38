"""What a running task says, and where it may keep its state."""

from pipeline.underway import checkpoints, forget_told, task_underway, tell, told


def test_outside_a_task_nothing_is_kept_or_said(tmp_path):
    assert checkpoints() is None
    tell("epoch 1")
    assert told(tmp_path) == []


def test_last_word_of_a_task_stands_until_it_ends(tmp_path):
    with task_underway(tmp_path, "a"):
        tell("epoch 1")
        tell("epoch 2")
        assert told(tmp_path) == ["a: epoch 2"]
        assert checkpoints() == tmp_path / "networks"
    assert told(tmp_path) == []
    assert checkpoints() is None


def test_words_of_a_killed_run_are_forgotten(tmp_path):
    left = tmp_path / "underway" / "17" / "4711"
    left.parent.mkdir(parents=True)
    left.write_text("x: epoch 9", encoding="utf-8")
    assert told(tmp_path, "17") == ["x: epoch 9"]
    forget_told(tmp_path, "17")
    assert told(tmp_path, "17") == []


def test_runs_that_share_a_folder_do_not_hear_each_other(tmp_path):
    with task_underway(tmp_path, "a", "17"):
        tell("epoch 1")
        assert told(tmp_path, "17") == ["a: epoch 1"]
        assert told(tmp_path, "18") == []
        forget_told(tmp_path, "18")
        assert told(tmp_path, "17") == ["a: epoch 1"]


def test_task_without_a_folder_runs(tmp_path):
    with task_underway(None, "a"):
        tell("epoch 1")
        assert checkpoints() is None
