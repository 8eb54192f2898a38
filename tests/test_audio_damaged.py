"""A thousand damaged files: never a crash, never a hang, always a clip or a named error."""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args

import pytest
from damage import KINDS, clip, damaged

from dashboard.prediction.decoder import DecodeError, Decoder
from pipeline.audio import ErrorCode, decode
from pipeline.config import REPOSITORY

FILES_PER_KIND = 200
BATCH = 100
PROGRAM = REPOSITORY / "tests" / "support" / "decode_damaged.py"
NAMED = {"clip", *get_args(ErrorCode)}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, str]]:
    """What became of every damaged file, by format and number."""
    folder = tmp_path_factory.mktemp("clips")
    batches = []
    for kind in KINDS:
        path = folder / kind
        path.write_bytes(clip(kind))
        batches += [(path, kind, first) for first in range(0, FILES_PER_KIND, BATCH)]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda batch: batch_outcomes(*batch), batches))
    merged: dict[str, dict[int, str]] = {kind: {} for kind in KINDS}
    for (_, kind, _), part in zip(batches, found, strict=True):
        merged[kind] |= part
    return merged


def batch_outcomes(path: Path, kind: str, first: int) -> dict[int, str]:
    """Decode a batch in a child; a file that kills it is noted, and another child goes on."""
    found: dict[int, str] = {}
    start, last = first, first + BATCH
    while start < last:
        child = subprocess.run(
            [sys.executable, str(PROGRAM), str(path), kind, str(start), str(last)],
            cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True, check=False, timeout=240,
        )  # fmt: skip
        comments = child.stderr.decode(errors="replace")[-400:]
        assert child.stdout, f"the decoding program does not start: {comments}"
        for line in child.stdout.decode().splitlines():
            seed, _, outcome = line.partition(" ")
            found[int(seed)] = outcome or f"ended its process ({child.returncode}): {comments}"
        start = max(found) + 1
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_file_gives_a_clip_or_a_named_error(
    outcomes: dict[str, dict[int, str]], kind: str
) -> None:
    found = outcomes[kind]
    assert sorted(found) == list(range(FILES_PER_KIND))
    assert {seed: outcome for seed, outcome in found.items() if outcome not in NAMED} == {}
    counts = Counter(found.values())
    assert counts["clip"] >= 10  # the damage is not so coarse that nothing gets past the door
    assert kind == "MP3" or sum(counts.values()) - counts["clip"] >= 20  # MP3 heals itself


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_the_same_each_time_and_changes_the_file(kind: str) -> None:
    content = clip(kind)
    assert decode(content, sr=22_050).duration_s == pytest.approx(2.0, abs=0.1)
    cases = [damaged(kind, content, seed) for seed in range(FILES_PER_KIND)]
    assert cases == [damaged(kind, content, seed) for seed in range(FILES_PER_KIND)]
    assert len(set(cases)) > 0.95 * FILES_PER_KIND
    assert sum(case != content for case in cases) > 0.98 * FILES_PER_KIND


@pytest.mark.parametrize("kind", KINDS)
def test_server_answers_damaged_uploads(kind: str) -> None:
    decoder = Decoder()
    content = clip(kind)
    outcomes = []
    for seed in range(5):  # each way of damage once
        decoder.prepare()
        try:
            outcomes.append("clip" if len(decoder.decode(damaged(kind, content, seed)).y) else "")
        except DecodeError as error:
            outcomes.append(error.code)
    assert len(decoder.decode(content).y) == pytest.approx(2 * 22_050, abs=2_500)
    decoder.close()
    assert set(outcomes) <= NAMED


def test_child_that_crashes_or_hangs_is_attributed_to_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import os, sys\n"
        "for seed in range(int(sys.argv[3]), int(sys.argv[4])):\n"
        "    print(seed, end=' ', flush=True)\n"
        "    if seed == 1: os.abort()\n"
        "    print('clip', flush=True)\n"
    )
    monkeypatch.setattr(sys.modules[__name__], "PROGRAM", program)
    monkeypatch.setattr(sys.modules[__name__], "BATCH", 3)
    found = batch_outcomes(tmp_path, "WAV", 0)
    assert (found[0], found[2]) == ("clip", "clip")
    assert found[1].startswith("ended its process (-6)")
