"""The set-up: locks, Makefile, the scripts behind it, and what they say when they fail."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

LOCKS = ["requirements.txt", "pipeline/requirements.txt", "tests/requirements.txt"]
TARGETS = [
    "help", "run", "test", "screenshots", "results", "results-full", "results-deep",
    "results-deep-full", "choose", "demo", "bench", "bench-web", "fuzz", "lint", "lock", "clean",
]  # fmt: skip
OPTIONS = {"PYTHON", "HOST", "PORT", "RESULTS", "ARGS", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
PIN = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;=*]+)(?: ; (?P<marker>[^#]+))?(?: +#.*)?"
)
STAND_IN_APP = """
def server(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"the page"]
"""


def pins(lock: Path) -> dict[str, str]:
    """Return ``{package: version}`` of the lines of a lock that pin something."""
    lines = [line for line in lock.read_text().splitlines() if not line.startswith(("#", "-r"))]
    matches = [PIN.fullmatch(line) for line in lines]
    assert None not in matches, f"{lock} holds a line that is no exact version"
    found = {m["name"]: m["version"] for m in matches if m}
    assert len(found) == len(lines), f"{lock} pins a package twice"
    return found


def wanted(requirements: Path) -> set[str]:
    """Return the names of the packages that a requirements.in asks for."""
    lines = [line.split("#")[0].strip() for line in requirements.read_text().splitlines()]
    names = [re.split(r"[<>=!~\[ ]", line)[0] for line in lines if line and line[0] != "-"]
    return {name.lower() for name in names}


@pytest.fixture
def copy(repository: Path, tmp_path: Path) -> Path:
    """Folder with the Makefile, its scripts and the locks, but no environment."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(repository / ".ci", tmp_path / ".ci", ignore=ignore)
    for name in ["Makefile", *LOCKS]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(repository / name, tmp_path / name)
    return tmp_path


def say(folder: Path, *command: str, **variables: str) -> tuple[int, str]:
    """Run a command there; return its exit status and all that it printed."""
    # Neither the caller's options nor those of the `make test` around this test may reach in.
    environment = {k: v for k, v in os.environ.items() if k not in OPTIONS}
    environment |= {"LC_ALL": "C"} | variables
    done = subprocess.run(
        command, cwd=folder, env=environment, text=True, timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.returncode, done.stdout


def write_script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_exact_versions_and_names_no_index(repository: Path, lock: str) -> None:
    assert pins(repository / lock)
    assert not re.search(
        r"https?:|--index|--find-links|file:|-c /", (repository / lock).read_text()
    )


def test_each_lock_begins_with_the_one_below_it(repository: Path) -> None:
    chains = [
        [line for line in (repository / lock).read_text().splitlines() if line.startswith("-")]
        for lock in LOCKS
    ]
    assert chains == [[], ["-r ../requirements.txt"], ["-r ../pipeline/requirements.txt"]]


def test_no_package_is_pinned_in_two_locks(repository: Path) -> None:
    names = [name for lock in LOCKS for name in pins(repository / lock)]
    assert len(names) == len(set(names))


def test_locks_hold_what_the_requirements_ask_for(repository: Path) -> None:
    held: set[str] = set()
    for lock in LOCKS:
        held |= set(pins(repository / lock))
        asked = wanted((repository / lock).with_suffix(".in"))
        assert asked <= held, f"{lock} is old: run `make lock UPGRADE=no`"


def test_web_lock_has_no_training_library(repository: Path) -> None:
    assert not set(pins(repository / LOCKS[0])) & {"tensorflow", "keras", "lightgbm", "skl2onnx"}


def test_make_alone_lists_the_targets(copy: Path) -> None:
    status, text = say(copy, "make")
    assert status == 0
    assert re.findall(r"^  make ([a-z-]+) ", text, flags=re.MULTILINE) == TARGETS


def test_make_clean_leaves_results_and_data(copy: Path) -> None:
    kept = [copy / "results/results.json", copy / "data/gtzan/features_30_sec.csv"]
    gone = [copy / ".venv/bin/python", copy / "pipeline/__pycache__/a.pyc", copy / "demo-results/x"]
    for path in [*kept, *gone]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (copy / "dashboard").mkdir()
    assert say(copy, "make", "clean")[0] == 0
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in gone)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("echo 3.10 Linux x86_64 /old", "needs Python 3.11, 3.12 or 3.13; found: {0} is 3.10."),
        ("echo 3.14 Darwin arm64 /new", "needs Python 3.11, 3.12 or 3.13; found: {0} is 3.14."),
        ("exit 1", "needs Python 3.11, 3.12 or 3.13; found: {0}, which does not start."),
        (
            "echo 3.12 Darwin x86_64 /intel",
            "macOS on Apple silicon (arm64); this is Darwin x86_64.",
        ),
    ],
)
def test_unsuitable_python_is_one_clear_line(copy: Path, answer: str, message: str) -> None:
    fake = write_script(copy / "fake/python", answer)
    status, text = say(copy, "make", "run", f"PYTHON={fake}")
    lines = [line for line in text.splitlines() if not line.startswith("make")]
    assert status != 0
    assert len(lines) == 1
    assert message.format(fake) in lines[0]
    assert not (copy / ".venv").exists()


def test_first_suitable_python_on_path_is_taken(copy: Path) -> None:
    write_script(copy / "fake/python3", "echo 3.10 Linux x86_64 /old")
    write_script(copy / "fake/python3.13", "echo 3.13 Linux aarch64 /right one")
    assert say(copy, "sh", ".ci/python", PATH=f"{copy}/fake:{os.environ['PATH']}") == (
        0,
        "/right one\n",
    )


def test_python_without_ensurepip_names_the_debian_package(copy: Path) -> None:
    body = 'case "$2" in *platform*) echo "3.12 Linux x86_64 $0";; *ensurepip*) exit 1;; '
    fake = write_script(copy / "fake/python", body + "*) echo 3.12;; esac")
    status, text = say(copy, "sh", ".ci/venv", PYTHON=str(fake))
    assert (status, len(text.splitlines())) == (1, 1)
    assert "apt-get install python3.12-venv" in text


def test_failed_install_is_one_line_and_leaves_no_stamp(copy: Path) -> None:
    body = 'if [ "$1" = -c ]; then exit 0; fi; echo "ERROR: no route to the index"; exit 1'
    write_script(copy / ".venv/bin/python", body)
    status, text = say(copy, "make", "run")
    lines = [line for line in text.splitlines() if not line.startswith("make")]
    assert status != 0
    assert lines[0].startswith("Installing requirements.txt into .venv")
    assert "requirements.txt failed: ERROR: no route to the index. Check the network" in lines[1]
    assert len(lines) == 2
    assert not list((copy / ".venv").glob(".*-installed"))


def test_test_install_counts_as_web_install(copy: Path) -> None:
    write_script(copy / ".venv/bin/python", "exit 0")
    assert say(copy, "make", ".venv/.tests-installed")[0] == 0
    status, text = say(copy, "make", ".venv/.web-installed", ".venv/.pipeline-installed")
    assert (status, text.count("is up to date"), len(text.splitlines())) == (0, 2, 2)


def test_taken_port_is_one_clear_line(repository: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, text = say(repository, sys.executable, ".ci/serve.py", PORT=str(port))
    assert status == 1
    assert re.fullmatch(
        rf"Port {port} on 127.0.0.1 is taken\. Stop what uses it, .*make run PORT=\d+\n", text
    )


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("PORT", "eighty", "PORT must be a number from 1 to 65535, not 'eighty'"),
        ("PORT", "65536", "PORT must be a number from 1 to 65535, not '65536'"),
        ("HOST", "192.0.2.1", "192.0.2.1 is not an address of this machine"),
        ("HOST", "no such host", "HOST must be an address of this machine, not 'no such host'"),
        ("RESULTS", "absent", "RESULTS must be a folder of results"),
    ],
)
def test_wrong_option_is_one_clear_line(
    repository: Path, variable: str, value: str, message: str
) -> None:
    status, text = say(repository, sys.executable, ".ci/serve.py", **{variable: value})
    assert (status, len(text.splitlines())) == (1, 1)
    assert message in text


def test_run_prints_the_address_once_the_page_answers(repository: Path, tmp_path: Path) -> None:
    bytecode = shutil.ignore_patterns("__pycache__")
    shutil.copytree(repository / "dashboard", tmp_path / "dashboard", ignore=bytecode)
    (tmp_path / "pipeline").mkdir()
    shutil.copy(repository / "pipeline/config.py", tmp_path / "pipeline")
    (tmp_path / "dashboard/app.py").write_text(STAND_IN_APP)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, str(repository / ".ci/serve.py")]
    environment = os.environ | {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "1"}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            line = server.stdout.readline()
            assert line == f"GenreLens is at http://127.0.0.1:{port} (Ctrl-C stops it)\n"
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
                assert page.read() == b"the page"
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(timeout=20) == 0


def test_procfile_serves_the_app_with_the_shared_settings(repository: Path) -> None:
    from dashboard import serving

    words = (repository / "Procfile").read_text().split()
    assert words[:3] == ["web:", "gunicorn", serving.wsgi_app]
    assert words[3:] == ["--config", "python:dashboard.serving", "--bind", "0.0.0.0:$PORT"]
    assert serving.wsgi_app == "dashboard.app:server"


def test_missing_browser_is_one_clear_line(copy: Path) -> None:
    status, text = say(copy, "sh", ".ci/browser", GENRELENS_BROWSER="/no/such/browser")
    assert (status, len(text.splitlines())) == (1, 1)
    assert "/no/such/browser does not. Correct or unset it." in text
