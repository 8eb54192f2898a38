"""Decoding in a process of its own: what comes back, and what becomes of one that misbehaves."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from media import media, write_repeated
from tiny_models import synthetic_clip, wav_bytes

from dashboard.prediction.decoder import COMMAND, DecodeError, Decoder
from pipeline.audio import decode
from pipeline.config import ANALYSIS, REPOSITORY

CLIP = wav_bytes(synthetic_clip(0, duration_s=2.0))


def program(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def failure(decoder: Decoder, content: bytes = CLIP) -> str:
    """Return the code of the error that decoding gives."""
    with pytest.raises(DecodeError) as caught:
        decoder.decode(content)
    decoder.close()
    assert str(caught.value).endswith(".")
    return caught.value.code


def test_samples_come_back_bit_for_bit() -> None:
    decoder = Decoder()
    clip = decoder.decode(CLIP)
    decoder.close()
    expected = np.frombuffer(CLIP[44:], dtype=np.int16).astype(np.float32) / 32768
    np.testing.assert_array_equal(clip.y, expected)
    assert (clip.sr, clip.channels, clip.format) == (ANALYSIS.sr, 1, "WAV")
    assert clip.duration_s == pytest.approx(2.0)


@pytest.mark.parametrize(("container", "codec"), [("ipod", "aac"), ("asf", "wmav2")])
def test_samples_that_ffmpeg_decodes_come_back_too(container: str, codec: str) -> None:
    song = media(synthetic_clip(0, duration_s=2.0), ANALYSIS.sr, container=container, codec=codec)
    decoder = Decoder()
    clip = decoder.decode(song)
    decoder.close()
    np.testing.assert_array_equal(clip.y, decode(song, sr=ANALYSIS.sr).y)


def test_longest_song_fits_into_the_memory_of_the_process(tmp_path: Path) -> None:
    ten_seconds = np.stack([synthetic_clip(0, duration_s=10.0)] * 2, axis=1)
    clip = media(ten_seconds, ANALYSIS.sr, container="ipod", codec="aac", bit_rate=200_000)
    write_repeated(tmp_path / "song.m4a", clip, 59)
    decoder = Decoder()
    assert decoder.decode((tmp_path / "song.m4a").read_bytes()).duration_s > 585
    decoder.close()


def test_memoryview_is_taken_without_a_copy() -> None:
    decoder = Decoder()
    assert len(decoder.decode(memoryview(CLIP)).y) == 2 * ANALYSIS.sr
    decoder.close()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "not_audio"),
        (b"just some words, no sound " * 50, "not_audio"),
        (CLIP[:20], "broken"),
        (wav_bytes(synthetic_clip(0, duration_s=0.5)), "too_short"),
        (wav_bytes(np.array([0.1, np.nan] * 30_000, dtype=np.float32), subtype="FLOAT"),
         "not_finite"),
        (wav_bytes(np.zeros((30_000, 9), dtype=np.float32)), "too_many_channels"),
        (wav_bytes(np.zeros(300_000, dtype=np.float32), sr=250_000), "rate_too_high"),
    ],
)  # fmt: skip
def test_unusable_file_has_a_named_error(content: bytes, code: str) -> None:
    assert failure(Decoder(), content) == code


def test_clip_over_ten_minutes_is_refused() -> None:
    silence = wav_bytes(np.zeros(601 * 8_000, dtype=np.float32), sr=8_000)
    assert failure(Decoder(), silence) == "too_long"


def test_decoder_that_kills_itself_is_an_error() -> None:
    crash = program("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert failure(Decoder(command=crash)) == "decode_crashed"


def test_decoder_that_dies_in_the_middle_of_its_answer_is_an_error() -> None:
    code = (
        "import sys, json; sys.stdin.buffer.read(); "
        "sys.stdout.write(json.dumps({'n_samples': 1000, 'clip': {}}) + chr(10) + 'abcd')"
    )
    assert failure(Decoder(command=program(code))) == "decode_crashed"


@pytest.mark.parametrize(
    "line", ["no json", '{"n_samples": 999999999999, "clip": {}}', "x" * 100_000]
)
def test_nonsense_on_the_pipe_is_an_error(line: str) -> None:
    code = f"import sys; sys.stdin.buffer.read(); sys.stdout.write({line!r} + chr(10))"
    assert failure(Decoder(command=program(code))) == "decode_crashed"


@pytest.mark.parametrize("reads", ["", "import sys; sys.stdin.buffer.read(); "])
def test_decoder_that_hangs_is_killed_in_time(reads: str) -> None:
    decoder = Decoder(command=program(reads + "import time; time.sleep(60)"), timeout_s=0.5)
    started = time.monotonic()
    assert failure(decoder, CLIP * 20) == "decode_timeout"
    assert time.monotonic() - started < 5


def test_decoder_that_takes_too_much_memory_says_so() -> None:
    # Beyond the limit where the platform has one; more than any machine has elsewhere.
    size = 3 * 2**30 if sys.platform == "linux" else 2**62
    code = (
        "from dashboard.prediction import decoder; "
        f"decoder.decode = lambda *a, **k: bytearray({size}); "
        "decoder.main()"
    )
    assert failure(Decoder(command=program(code))) == "decode_memory"


def test_program_that_does_not_exist_is_reported_as_such() -> None:
    with pytest.raises(FileNotFoundError):
        Decoder(command=["/nowhere/decoder"]).decode(CLIP)


def test_one_process_waits_and_serves_the_next_clip() -> None:
    decoder = Decoder()
    decoder.prepare()
    decoder.prepare()
    (waiting,) = decoder._spares.waiting
    decoder.decode(CLIP)
    assert waiting.returncode is not None  # it was used, ended and reaped: no zombie
    assert decoder._spares.waiting == []
    decoder.close()


def test_waiting_process_that_died_is_replaced() -> None:
    decoder = Decoder()
    decoder.prepare()
    (waiting,) = decoder._spares.waiting
    waiting.kill()
    waiting.wait()
    assert len(decoder.decode(CLIP).y) == 2 * ANALYSIS.sr
    decoder.close()


def test_close_ends_the_waiting_process_and_starts_no_other() -> None:
    decoder = Decoder()
    decoder.prepare()
    (waiting,) = decoder._spares.waiting
    decoder.close()
    assert waiting.returncode is not None
    decoder.prepare()
    assert decoder._spares.waiting == []


def test_process_ends_by_itself_when_its_server_is_gone() -> None:
    child = subprocess.run(
        COMMAND, cwd=REPOSITORY, stdin=subprocess.DEVNULL, capture_output=True, timeout=30,
        check=True,
    )  # fmt: skip
    assert child.stdout == b""


def test_passwords_of_the_server_do_not_reach_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "secret")
    code = (
        "import os, sys, json; sys.stdin.buffer.read(); "
        "print(json.dumps({'code': os.environ.get('DATABASE_PASSWORD', 'absent'),"
        " 'error': os.environ['OPENBLAS_NUM_THREADS'] + '.'}))"
    )
    assert failure(Decoder(command=program(code))) == "absent"


def test_decoder_imports_no_web_framework() -> None:
    code = (
        "import sys, dashboard.prediction.decoder; "
        "unwanted = {'flask', 'dash', 'pandas', 'scipy', 'onnxruntime', 'av'}; "
        "print(sorted(unwanted & set(sys.modules)))"
    )
    found = subprocess.run(
        program(code), cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_clips_decoded_at_once_do_not_mix() -> None:
    decoder = Decoder()
    lengths = [1.0 + 0.25 * number for number in range(6)]
    found: dict[float, int] = {}

    def work(duration_s: float) -> None:
        content = wav_bytes(synthetic_clip(1, duration_s=duration_s))
        found[duration_s] = len(decoder.decode(content).y)

    threads = [threading.Thread(target=work, args=(length,)) for length in lengths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    decoder.close()
    assert found == {length: round(length * ANALYSIS.sr) for length in lengths}


def test_forked_worker_leaves_the_parents_process_alone() -> None:
    decoder = Decoder()
    decoder.prepare()
    (waiting,) = decoder._spares.waiting
    decoder._spares.owner = os.getpid() + 1  # as it looks to a worker after a fork
    assert len(decoder.decode(CLIP).y) == 2 * ANALYSIS.sr
    assert waiting.poll() is None
    waiting.communicate(b"")  # what its owner does in the end
    decoder.close()
