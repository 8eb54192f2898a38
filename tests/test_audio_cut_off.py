"""A file that ends before its header says so is said to be cut off; all other files are not."""

import io
import struct

import numpy as np
import pytest
import soundfile
from live_service import Service
from tiny_models import shared_results, synthetic_clip

from dashboard.prediction.live import Live
from pipeline.audio import decode
from pipeline.clip_flags import cut_off_flags
from pipeline.config import ANALYSIS

SR = ANALYSIS.sr
Y = synthetic_clip(3, duration_s=10.0)


def encoded(format_: str, subtype: str = "PCM_16") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, Y, SR, format=format_, subtype=subtype)
    return file.getvalue()


@pytest.mark.parametrize(
    ("format_", "subtype"),
    [
        ("WAV", "PCM_16"),
        ("WAV", "FLOAT"),
        ("WAVEX", "PCM_24"),
        ("AIFF", "PCM_16"),
        ("AU", "PCM_16"),
    ],
)
def test_header_that_announces_more_is_told_and_changes_no_sample(
    format_: str, subtype: str
) -> None:
    content = encoded(format_, subtype)
    whole, cut = decode(content, sr=SR), decode(content[: len(content) // 9], sr=SR)
    assert whole.announced_s is None
    assert cut.announced_s == pytest.approx(10.0, abs=0.005)  # a frame, 8 bytes
    assert cut.duration_s == pytest.approx(10 / 9, abs=0.01)
    np.testing.assert_array_equal(cut.y, whole.y[: len(cut.y)])


@pytest.mark.parametrize("format_", ["FLAC", "CAF", "W64", "RF64"])
def test_whole_files_of_other_formats_announce_nothing(format_: str) -> None:
    assert decode(encoded(format_), sr=SR).announced_s is None


@pytest.mark.parametrize("size", [0x7FFFF000, 0x7FFFFFFF, 0xFFFFFFFF])
def test_length_that_a_recorder_could_not_know_is_none(size: int) -> None:
    content = bytearray(encoded("WAV"))
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", size)
    assert decode(bytes(content), sr=SR).announced_s is None


@pytest.mark.parametrize(("announced_s", "count"), [(None, 0), (1.15, 0), (1.25, 1), (10.0, 1)])
def test_only_what_can_be_missed_is_told(announced_s: float | None, count: int) -> None:
    flags = cut_off_flags(1.1, announced_s)
    assert [flag.code for flag in flags] == ["cut_off"] * count


def test_answer_says_that_the_file_was_cut_off() -> None:
    live = Live(shared_results())
    content = encoded("WAV")
    flags = Service(live).post(content[: len(content) // 2]).get_json()["flags"]
    live.close()
    (said,) = [flag["message"] for flag in flags if flag["code"] == "cut_off"]
    assert said.startswith("The file is cut off: it says that it lasts 10.0 s and ends after 5.0 s")
