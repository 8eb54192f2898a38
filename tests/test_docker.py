"""Dockerfile, .dockerignore and compose.yaml, as far as without Docker.

What the image holds is laid out in a folder and started as another user who may not write there.
``test_proxy.py`` runs the proxy's settings.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from dockerfile import (
    assemble,
    copies,
    instructions,
    is_ignored,
    last_stage,
    read_patterns,
    sent,
)
from gunicorn_server import free_port
from multipart import get
from variables import variables_in_code

from dashboard.operation.probe import ADDRESS
from dashboard.prediction.uploads import FORM_OVERHEAD_BYTES
from dashboard.serving import graceful_timeout
from pipeline.config import LIMITS, REPOSITORY

FOUND = instructions((REPOSITORY / "Dockerfile").read_text(encoding="utf-8"))
IMAGE = last_stage(FOUND)
PATTERNS = read_patterns((REPOSITORY / ".dockerignore").read_text(encoding="utf-8"))
COMPOSE = yaml.safe_load((REPOSITORY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
PROXY = (REPOSITORY / "docs" / "deploy" / "nginx.conf").read_text(encoding="utf-8")
PINNED = re.compile(r"[\w./-]+:\d+\.\d+\.\d+[\w.-]*")
PORT = "8050"
# another user, who may read what root may (a Python below /root, for one) and write nothing
AS_NOBODY = (
    "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+dac_read_search",
    "--ambient-caps=+dac_read_search", "--",
)  # fmt: skip
START_S = 120.0


def value(name: str) -> str:
    """Return what the image's only instruction of a name says."""
    (found,) = [one.value for one in IMAGE if one.name == name]
    return found


def environment() -> dict[str, str]:
    return dict(part.split("=", 1) for part in shlex.split(value("ENV")))


def unit_names(text: str) -> set[str]:
    return set(re.findall(r"GENRELENS_[A-Z_]+", text))


@pytest.fixture(scope="module")
def image() -> Iterator[Path]:
    """Yield the image's folder, which nobody may write to."""
    top = Path(tempfile.mkdtemp(prefix="genrelens-image-"))
    top.chmod(0o755)
    folder = top / "genrelens"
    assemble(REPOSITORY, folder, IMAGE, PATTERNS)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(top)


def test_images_are_pinned_to_a_version_that_is_supported() -> None:
    named = [one.value.split()[0] for one in FOUND if one.name == "FROM"]
    assert len(set(named)) == 1, "packages are installed with the Python that runs them"
    version = re.fullmatch(r"python:3\.(\d+)\.\d+-slim-\w+", named[0])
    assert version and 11 <= int(version[1]) <= 13
    for name, service in SERVICES.items():
        assert "build" in service or PINNED.fullmatch(service["image"]), name


def test_every_copied_source_exists_and_is_sent_to_docker() -> None:
    given = list(sent(REPOSITORY, PATTERNS))
    for sources, _target in copies(FOUND):
        for source in sources:
            assert (REPOSITORY / source).exists(), source
            assert any(name == source or name.startswith(f"{source}/") for name in given), source


def test_docker_is_sent_nothing_that_the_image_does_not_need() -> None:
    sources = {source for found, _target in copies(FOUND) for source in found}
    assert {name.split("/")[0] for name in sent(REPOSITORY, PATTERNS)} == sources
    for name in ("data/gtzan/a.wav", ".git/config", ".venv/bin/python", "tests/test_docker.py"):
        assert is_ignored(name, PATTERNS)
    assert is_ignored("dashboard/__pycache__/app.cpython-311.pyc", PATTERNS)


def test_shell_lines_are_read_by_a_shell() -> None:
    for one in FOUND:
        if one.name == "RUN":
            subprocess.run(["sh", "-n", "-c", one.value], check=True)


def test_packages_are_installed_from_the_lock_without_compiling() -> None:
    (line,) = [one.value for one in FOUND if one.name == "RUN" and " install " in one.value[40:]]
    _venv, install = line.split(" && ")
    words = shlex.split(install)
    assert {"--no-deps", "--only-binary=:all:"} <= set(words)
    options = words[words.index("install") + 1 :]
    options[options.index("--requirement") + 1] = str(REPOSITORY / "requirements.txt")
    # here they are installed already: pip reads the options and the lock, and finds all of it
    tried = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", *options],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert tried.returncode == 0, tried.stderr
    assert "Would install" not in tried.stdout
    target = next(one.value for one in FOUND if one.name == "COPY" and "requirements" in one.value)
    assert target.split()[-1] in install


def test_the_image_runs_without_rights_and_knows_its_variables() -> None:
    assert int(value("USER").split(":")[0]) >= 1000
    users = next(one.value for one in IMAGE if "useradd" in one.value)
    assert value("USER").split(":")[0] in users
    assert unit_names(value("ENV")) <= variables_in_code()
    assert value("EXPOSE") == PORT and f":{PORT}" in value("CMD") and f":{PORT}/" in ADDRESS


def test_the_image_starts_as_it_stands_where_nobody_may_write(image: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="genrelens-home-"))
    home.chmod(0o777)
    port = free_port()
    own = environment()
    settings = {
        **own,
        "PATH": own["PATH"].replace("/opt/packages", sys.prefix),
        "HOME": str(home),
        "TMPDIR": str(home),
        "GENRELENS_CACHE": str(home),  # a volume
    }
    before = {path: path.stat().st_mtime_ns for path in image.rglob("*")}
    started = [word.replace(PORT, str(port)) for word in json.loads(value("CMD"))]
    command = [*(AS_NOBODY if os.geteuid() == 0 else ()), *started]
    log = home / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=image, env=settings, stdout=output, stderr=output)
    check = json.loads(value("HEALTHCHECK").partition("CMD ")[2])
    address = ADDRESS.replace(PORT, str(port))
    try:
        deadline = time.monotonic() + START_S
        while process.poll() is None and time.monotonic() < deadline:
            checked = subprocess.run(
                [*check, address], cwd=image, env=settings, capture_output=True, check=False
            )
            if checked.returncode == 0:
                break
            time.sleep(0.2)
        assert checked.returncode == 0, checked.stderr.decode() + log.read_text()
        assert get(address.replace("/healthz", "/predict"))[0] == 200
    finally:
        process.terminate()
        process.wait(timeout=60)
    assert [json.loads(line) for line in log.read_text().splitlines()], "JSON, every line"
    assert {path: path.stat().st_mtime_ns for path in image.rglob("*")} == before
    shutil.rmtree(home)


def test_health_check_says_what_came() -> None:
    command = [sys.executable, "-m", "dashboard.operation.probe"]
    address = f"http://127.0.0.1:{free_port()}/healthz"
    failed = subprocess.run(
        [*command, address], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert failed.returncode == 1
    assert "did not answer" in failed.stderr


def test_compose_has_every_part_each_with_a_bound_and_a_check() -> None:
    assert {"proxy", "web", "worker", "mongo", "redis"} <= set(SERVICES)
    assert SERVICES["web"]["deploy"]["replicas"] == 2
    for name, service in SERVICES.items():
        assert re.fullmatch(r"\d+[mg]", service["mem_limit"]), name
        assert "healthcheck" in service or "build" in service, name  # the image has its own
        assert service["logging"] == {"driver": "local"}, f"the log of {name} grows for ever"
        for other in service.get("depends_on", {}):
            assert other in SERVICES
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            known = source in COMPOSE["volumes"] or (REPOSITORY / source).is_file()
            assert known, f"{name}: {source}"
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_containers_that_predict_have_time_to_finish() -> None:
    for name in ("web", "worker"):
        (stop_s,) = re.findall(r"(\d+)s", SERVICES[name]["stop_grace_period"])
        assert int(stop_s) > graceful_timeout, name


def test_compose_sets_only_variables_that_the_code_reads() -> None:
    for service in SERVICES.values():
        for name in service.get("environment", {}):
            assert name in variables_in_code() | {"WEB_CONCURRENCY"}


def test_commands_of_our_own_image_name_modules_that_exist() -> None:
    for service in SERVICES.values():
        command = service.get("command", []) if "build" in service else []
        modules = re.findall(r"\bdashboard(?:\.\w+)+", " ".join(command))
        for module in modules:
            assert (REPOSITORY / (module.replace(".", "/") + ".py")).is_file(), module


def test_the_proxy_passes_what_the_service_needs() -> None:
    assert f"http://web:{PORT};" in PROXY
    (size,) = re.findall(r"client_max_body_size (\d+)m;", PROXY)
    assert int(size) * 2**20 >= LIMITS.max_bytes + FORM_OVERHEAD_BYTES
    assert "X-Forwarded-For $proxy_add_x_forwarded_for;" in PROXY
    assert SERVICES["web"]["environment"]["GENRELENS_PROXIES"] == "1"
    assert re.search(r"location = /metrics \{\s*return 404;", PROXY)
    (listens,) = re.findall(r"listen (\d+);", PROXY)
    assert SERVICES["proxy"]["ports"] == [f"${{GENRELENS_ADDRESS:-127.0.0.1}}:8080:{listens}"]
