"""docs/deploy.md and the unit of systemd are held to the code."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from dockerfile import instructions
from variables import variables_in_code

from dashboard import serving
from dashboard.operation.metrics import REGISTRY, STEPS
from pipeline.config import LIMITS, REPOSITORY

TEXT = (REPOSITORY / "docs" / "deploy.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((REPOSITORY / "compose.yaml").read_text(encoding="utf-8"))["services"]
WORKER = (REPOSITORY / "docs" / "deploy" / "genrelens-worker.service").read_text(encoding="utf-8")
UNIT = (REPOSITORY / "docs" / "deploy" / "genrelens.service").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading, without its first two lines."""
    below = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in below.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_the_table_has_every_variable_of_the_code_and_no_other() -> None:
    named = [re.findall(r"`(\w+)`", row[0])[0] for row in table("Variables")]
    assert len(named) == len(set(named))
    assert set(named) - {"WEB_CONCURRENCY"} == variables_in_code()


def test_every_metric_is_explained() -> None:
    described = set(re.findall(r"genrelens_\w+", TEXT))
    counted = {metric.name for metric in REGISTRY.collect()}
    assert counted <= {name.removesuffix("_total") for name in described}
    assert all(f"`{step}`" in TEXT for step in STEPS)


def test_limits_are_those_of_the_code() -> None:
    sentence = re.search(
        r"A clip may have (\d+) MB, (\d+) minutes, (\d+) channels and (\d+) kHz; one address may "
        r"send (\d+) a minute, (\d+) at the same moment, and may\nhave a quarter of the places in "
        r"the line \((\d+) at least\) and (\d+) MB there",
        TEXT,
    )
    assert sentence and [int(number) for number in sentence.groups()] == [
        LIMITS.max_bytes / 2**20, LIMITS.max_duration_s / 60, LIMITS.max_channels,
        LIMITS.max_rate_hz / 1000, LIMITS.requests_per_minute,
        LIMITS.arriving_per_address, LIMITS.own_places(0), LIMITS.bytes_per_address / 2**20,
    ]  # fmt: skip
    assert LIMITS.share_per_address == 0.25


def test_files_that_are_linked_exist() -> None:
    for path in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (REPOSITORY / "docs" / path).is_file(), path


def test_the_unit_starts_the_server_as_the_image_does() -> None:
    (start,) = re.findall(r"^ExecStart=(.+)$", UNIT, flags=re.MULTILINE)
    image = instructions((REPOSITORY / "Dockerfile").read_text(encoding="utf-8"))
    command = json.loads(next(one.value for one in image if one.name == "CMD"))
    own = start.split()
    assert [own[0].rsplit("/", 1)[-1], *own[1:-1]] == command[:-1]
    assert set(re.findall(r"GENRELENS_[A-Z_]+", UNIT)) <= variables_in_code()


def settings(unit: str) -> dict[str, str]:
    """Return what the service section of a unit sets."""
    below = unit.partition("[Service]\n")[2].partition("\n[")[0]
    lines = [line for line in below.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_the_unit_of_workers_starts_what_the_container_does_with_as_few_rights() -> None:
    worker, web = settings(WORKER), settings(UNIT)
    command = worker.pop("ExecStart").split()
    assert [command[0].rsplit("/", 1)[-1], *command[1:]] == COMPOSE["worker"]["command"]
    assert worker.pop("MemoryMax").lower() == COMPOSE["worker"]["mem_limit"]
    assert worker.pop("EnvironmentFile") in web.pop("EnvironmentFile")
    environment = worker.pop("Environment").split()
    own = {"ExecStart", "MemoryMax", "Type", "Environment"}
    assert worker == {name: said for name, said in web.items() if name not in own}
    assert set(environment) < set(web["Environment"].split())


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine's PATH"
)
@pytest.mark.parametrize("unit", [UNIT, WORKER], ids=["web", "worker"])
def test_systemd_understands_every_line_of_a_unit(unit: str, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.touch(mode=0o755)
    path = tmp_path / "genrelens.service"
    path.write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={program}", unit))
    done = subprocess.run(
        ["systemd-analyze", "verify", path], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if "genrelens" in line]
    assert (done.returncode, said) == (0, [])


def test_what_an_operator_adds_to_compose_fits_it() -> None:
    (override,) = re.findall(r"```yaml\n(.*?)```", TEXT, flags=re.DOTALL)
    for name, added in yaml.safe_load(override)["services"].items():
        assert set(added["environment"]) <= variables_in_code()
        assert int(added["environment"]["GENRELENS_PROXIES"]) == 1 + int(
            COMPOSE[name]["environment"]["GENRELENS_PROXIES"]
        )
        (folder,) = [volume.split(":")[1] for volume in added["volumes"]]
        assert added["environment"]["GENRELENS_USERS"].startswith(f"{folder}/")


def test_a_prediction_that_runs_has_its_time_when_the_server_is_stopped() -> None:
    assert serving.graceful_timeout > LIMITS.total_timeout_s
    (stop_s,) = re.findall(r"^TimeoutStopSec=(\d+)$", UNIT, flags=re.MULTILINE)
    assert int(stop_s) > serving.graceful_timeout
    assert f"finished ({serving.graceful_timeout} seconds at most" in TEXT
