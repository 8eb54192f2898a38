"""What a decoder process cannot do any more, tried in a real one."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_models import synthetic_clip, wav_bytes

from dashboard.prediction import confinement
from dashboard.prediction.decoder import Decoder
from pipeline.config import REPOSITORY

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="macOS has neither seccomp nor unshare")


def tried(code: str, *, before: str = "") -> str:
    """Return what a confined process prints that runs some code, or its error's name."""
    program = (
        "import os, sys, socket, subprocess, threading\n"
        f"from dashboard.prediction import confinement\n{before}\nconfinement.confine()\n"
        f"try:\n    {code}\n"
        "except BaseException as error:\n    print(type(error).__name__, flush=True)\n"
        "else:\n    print('done', flush=True)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    return found.stdout.strip()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


@LINUX
@pytest.mark.parametrize("before", ["", "confinement.forbid_calls = lambda: False"])
def test_decoder_reaches_no_network(listener: socket.socket, before: str) -> None:
    port = listener.getsockname()[1]
    code = f"socket.create_connection(('127.0.0.1', {port}), timeout=5)"
    if before and not _may_leave_the_network():
        pytest.skip("this host permits no network namespace")
    assert tried(code, before=before) in ("PermissionError", "OSError")
    with pytest.raises(TimeoutError):
        listener.accept()


def _may_leave_the_network() -> bool:
    code = "from dashboard.prediction import confinement; print(confinement.leave_network())"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return found.stdout.strip() == "True"


@LINUX
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("subprocess.run([sys.executable, '-c', ''])", "PermissionError"),
        ("os.fork()", "PermissionError"),
        ("os.unlink('README.md')", "PermissionError"),
        ("os.rename('README.md', 'other.md')", "PermissionError"),
        ("bytearray(2**31)", "MemoryError"),
        ("[open('README.md') for _ in range(100)]", "OSError"),
    ],
)
def test_decoder_starts_nothing_and_changes_nothing(code: str, expected: str) -> None:
    assert tried(code) == expected
    assert (REPOSITORY / "README.md").is_file()


def test_decoder_writes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "written"
    code = f"os.write(os.open({str(path)!r}, os.O_WRONLY | os.O_CREAT), b'x' * 100)"
    assert tried(code, before="confinement.forbid_calls = lambda: False") == "OSError"
    assert path.stat().st_size == 0  # on macOS and without seccomp
    if sys.platform == "linux":
        path.unlink()
        assert tried(code) == "PermissionError"
        assert not path.exists()


@LINUX
@pytest.mark.parametrize(
    "code",
    [
        "os.open(PATH, os.O_WRONLY | os.O_TRUNC)",
        "os.open(PATH, os.O_TRUNC)",
        "os.open(PATH, os.O_RDWR)",
        "os.open(PATH, os.O_WRONLY | os.O_APPEND)",
        "os.open(PATH + '2', os.O_CREAT)",
        "os.open('/tmp', os.O_RDWR | os.O_TMPFILE)",
        "os.truncate(PATH, 0)",
        "os.ftruncate(os.open(PATH, os.O_RDONLY), 0)",
        "os.posix_fallocate(os.open(PATH, os.O_RDONLY), 0, 10)",
        "open(PATH, 'w')",
        "os.utime(PATH, (0, 0))",
        "os.fchmod(os.open(PATH, os.O_RDONLY), 0)",
    ],
)
def test_existing_file_keeps_its_bytes(tmp_path: Path, code: str) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"kept")
    assert tried(code, before=f"PATH = {str(path)!r}") == "PermissionError"
    assert path.read_bytes() == b"kept" and path.stat().st_mode & 0o600
    assert [other.name for other in tmp_path.iterdir()] == ["kept"]


@LINUX
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("os.kill(os.getppid(), 0)", "PermissionError"),
        ("os.kill(0, 0)", "PermissionError"),
        ("os.killpg(os.getpgid(os.getppid()), 0)", "PermissionError"),
        ("signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 0)", "PermissionError"),
        ("resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))", "PermissionError"),
        ("os.kill(os.getpid(), 0)", "done"),
    ],
)
def test_decoder_signals_nobody_but_itself(code: str, expected: str) -> None:
    assert tried(code, before="import resource, signal") == expected


@LINUX
def test_decoder_that_aborts_ends() -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        tried("os.abort()")
    assert caught.value.returncode == -signal.SIGABRT


def test_busy_decoder_is_ended_by_the_time_limit() -> None:
    before = "confinement.CPU_S = 1"
    with pytest.raises(subprocess.CalledProcessError) as caught:
        tried("while True: pass", before=before)
    assert caught.value.returncode < 0


@LINUX
def test_decoder_is_the_first_to_go_when_memory_is_short() -> None:
    assert tried("print(open('/proc/self/oom_score_adj').read().strip())").startswith("1000")


@pytest.mark.parametrize("bounds", ["confine", "end_with_parent"])  # decoder, alterer
def test_process_ends_when_its_server_was_killed(bounds: str) -> None:
    child = (
        f"import time; from dashboard.prediction.confinement import {bounds} as own; "
        "own(); time.sleep(60)"
    )
    parent = (
        "import subprocess, sys, time; "
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}]); "
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent], cwd=REPOSITORY, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout
        pid = int(server.stdout.readline())
        time.sleep(1.0)  # until it is confined
        server.kill()
    deadline = time.monotonic() + 20
    while _runs(pid):
        assert time.monotonic() < deadline, "the decoder outlives its server"
        time.sleep(0.1)


def _runs(pid: int) -> bool:
    """Return whether a process runs; a zombie that nobody waits for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.is_file() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_decoder_leads_a_group_of_its_own() -> None:
    decoder = Decoder()
    decoder.prepare()
    (waiting,) = decoder._spares.waiting
    assert os.getpgid(waiting.pid) == waiting.pid
    decoder.decode(wav_bytes(synthetic_clip(0, duration_s=1.5)))
    assert waiting.returncode is not None
    decoder.close()


def test_host_without_seccomp_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "_libseccomp", lambda: None)
    assert confinement.forbid_calls() is False
