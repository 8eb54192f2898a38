"""Three hundred of the ten thousand hostile uploads of ``make fuzz``, and files of all shapes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import hostile_headers as headers
import psutil
import pytest
from decoder_forks import Forks
from fuzzing import NAMED, answered, decoded
from hostile import FAMILIES, KINDS, MAGICS, clip, hostile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live_service import Service
from tiny_models import shared_results

from dashboard.prediction.live import Live
from pipeline.config import LIMITS

FILES = 300
SENT = 12
EXAMPLES = 60


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """One process that forks for each file; it must be left as it was."""
    forks = Forks()
    forks.outcome(clip("WAV"))
    before = forks.facts()
    yield forks
    assert forks.facts() == before
    forks.close()


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    live = Live(shared_results(), limits=replace(LIMITS, requests_per_minute=10_000))
    yield Service(live)
    live.close()


def test_hostile_file_gives_a_clip_or_a_named_error(forks: Forks) -> None:
    found = list(decoded(range(FILES), forks))
    assert [fault for _, _, fault in found if fault] == []
    outcomes = Counter(outcome for _, outcome, _ in found)
    assert outcomes["clip"] > FILES / 10  # some get past the door
    assert outcomes["broken"] > FILES / 10
    assert {family for family, _, _ in found} == {name for name, _, _ in FAMILIES}


def test_same_number_gives_the_same_file() -> None:
    assert [hostile(seed) for seed in range(60)] == [hostile(seed) for seed in range(60)]


def test_route_answers_hostile_files_and_keeps_nothing(service: Service) -> None:
    service.post(clip("WAV"))
    before = psutil.Process().num_fds()
    found = list(answered(range(0, FILES, FILES // SENT), service))
    assert [fault for _, _, fault in found if fault] == []
    assert psutil.Process().num_fds() <= before + 2  # the pipes of the decoder that waits
    assert service.post(clip("WAV")).status_code == 200


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (headers.silence("FLAC"), "too_long"),
        (headers.silence("OGG"), "too_long"),
        (headers.id3(bytes(2**23)) + clip("MP3"), "clip"),
        (headers.id3(b"", length=2**28 - 1) + clip("MP3"), "broken"),
        (headers.id3(b"") * 20_000, "broken"),
        (b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n", "not_audio"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "not_audio"),
        (clip("WAV") + b"PK\x03\x04" + clip("MP3"), "clip"),
        (clip("WAV")[:22] + b"\xff\xff" + clip("WAV")[24:], "broken"),  # 65,535 channels
        (clip("WAV")[:24] + (1).to_bytes(4, "little") + clip("WAV")[28:], "broken"),  # 1 Hz
        (clip("WAV")[:24] + (4 * 10**9).to_bytes(4, "little") + clip("WAV")[28:], "broken"),
    ],
    ids=["hours of FLAC", "a long Ogg", "artwork", "endless tag", "tags only", "playlist",
         "list of files", "polyglot", "channels", "1 Hz", "4 GHz"],
)  # fmt: skip
def test_known_trick_has_its_answer(content: bytes, code: str, forks: Forks) -> None:
    assert forks.outcome(content).code == code


PIECES = st.one_of(
    st.binary(max_size=300),
    st.sampled_from(MAGICS),
    st.builds(
        lambda kind, start, length: clip(kind)[start : start + length],
        st.sampled_from(KINDS),
        st.integers(0, 5_000),
        st.integers(0, 50_000),
    ),
)


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(st.sampled_from(MAGICS), st.lists(PIECES, max_size=6))
def test_any_pieces_behind_a_beginning_give_a_clip_or_a_named_error(
    forks: Forks, magic: bytes, pieces: list[bytes]
) -> None:
    assert forks.outcome(magic + b"".join(pieces)).code in NAMED
