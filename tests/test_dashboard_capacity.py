"""What a host can do at once: set by its operator, or by its cores and its memory."""

from pathlib import Path

import pytest

from dashboard.prediction import capacity
from dashboard.prediction.line import Line


def test_numbers_of_the_host_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENRELENS_PREDICTIONS", "3")
    monkeypatch.setenv("GENRELENS_WAITING", "0")
    line = Line()
    assert (line.at_once, line.waiting) == (3, 0)
    assert capacity.lanes()["uploads"] == 3 + capacity.REFUSAL_THREADS
    assert capacity.threads() == sum(capacity.lanes().values())
    monkeypatch.setenv("GENRELENS_PREDICTIONS", "0")
    with pytest.raises(ValueError, match="GENRELENS_PREDICTIONS must be a whole number from 1 on"):
        capacity.predictions_at_once()


def test_a_small_host_predicts_less_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GENRELENS_PREDICTIONS", raising=False)
    monkeypatch.setattr(capacity, "_cores", lambda: 8)
    for megabytes, web, celery in ((512, 1, 1), (1024, 2, 1), (1500, 4, 2), (2048, 6, 3)):
        monkeypatch.setattr(capacity, "memory_bytes", lambda mb=megabytes: mb * 2**20)
        assert (capacity.predictions_at_once(), capacity.clips_of_celery()) == (web, celery)
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    assert capacity.predictions_at_once() == 4


@pytest.mark.parametrize(
    ("own", "name"),
    [
        ("0::/system.slice/a.service\n", "system.slice/a.service/memory.max"),
        ("0::/system.slice/a.service\n", "system.slice/memory.max"),
        ("0::/\n", "memory.max"),
        ("3:cpu:/b\n2:memory:/docker/c\n", "memory/docker/c/memory.limit_in_bytes"),
        ("3:cpu:/b\n2:memory:/docker/c\n", "memory/memory.limit_in_bytes"),  # seen from inside
    ],
)
def test_memory_is_that_of_the_own_control_group(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own: str, name: str
) -> None:
    monkeypatch.setattr(capacity, "CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(capacity, "OWN_CGROUPS", tmp_path / "own")
    assert capacity.memory_bytes() > 2**26
    (tmp_path / "own").write_text(own)
    limit = tmp_path / "cgroup" / name
    limit.parent.mkdir(parents=True)
    limit.write_text("max\n")
    assert capacity.memory_bytes() > 2**26
    limit.write_text(f"{2**26}\n")
    assert capacity.memory_bytes() == 2**26
