"""The files with which the central service is installed: guide, units, containers. What is written in one of them and
meant for another is the same in both; tests/appliance follows the guide in a fresh Debian."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from central.command_arguments import build_parser
from provision.central import setup

ROOT = Path(__file__).parents[2]
FILES = ROOT / "docs" / "centre"
UNIT_FILES = ROOT / "systemd" / "central"
GUIDE = (ROOT / "docs" / "centre.md").read_text("utf-8")
CONTAINERFILE = (FILES / "Containerfile").read_text("utf-8")
UNITS = sorted(UNIT_FILES.glob("*.service"))


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services of the compose file."""
    compose: dict[str, Any] = yaml.safe_load((FILES / "compose.yaml").read_text("utf-8"))
    assert set(compose["volumes"]) == {"data", "database"}
    services: dict[str, Any] = compose["services"]
    return services


def central_packages() -> set[str]:
    """The Debian packages of the section [central] in provision/packages.txt."""
    section = (
        (ROOT / "provision" / "packages.txt").read_text("utf-8").partition("# [central]\n")[2].partition("\n\n")[0]
    )
    return {line.split()[0] for line in section.splitlines()}


def test_the_container_installs_every_package_that_the_service_needs() -> None:
    installed = set(re.findall(r"[\w.+-]+", CONTAINERFILE.partition("apt-get install")[2]))
    assert len(central_packages()) >= 4
    assert central_packages() <= installed


def test_the_compose_file_has_web_worker_and_database(services: dict[str, Any]) -> None:
    assert set(services) == {"database", "migrate", "web", "worker"}
    for name in ("migrate", "web", "worker"):
        arguments = build_parser().parse_args(services[name]["command"])
        assert arguments.command == {"migrate": "migrate", "web": "serve", "worker": "worker"}[name]
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["volumes"] == ["data:/var/lib/damrongdham-central"]
        assert set(services[name]["depends_on"]) <= set(services)
        assert (FILES / services[name]["build"]["context"]).resolve() == ROOT
        assert (ROOT / services[name]["build"]["dockerfile"]).is_file()
    assert build_parser().parse_args(services["web"]["command"]).no_worker
    assert all(port.startswith("127.0.0.1:") for port in services["web"]["ports"]), "a proxy is in front"
    assert services["database"].get("ports") is None, "no other machine reaches the database"


def test_the_container_does_not_run_as_root_and_names_files_that_exist() -> None:
    instructions = CONTAINERFILE.replace("\\\n", " ").splitlines()
    assert [line for line in instructions if line.startswith("USER")] == ["USER damrongdham"]
    copied = next(line for line in instructions if line.startswith("COPY requirements")).split()[1:-1]
    assert [name for name in copied if not (ROOT / name).is_file()] == []
    command = next(line for line in instructions if line.startswith("CMD"))
    build_parser().parse_args(re.findall(r'"([^"]+)"', command))


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_a_unit_runs_an_existing_command_as_the_user_of_the_service(unit: Path) -> None:
    text = unit.read_text("utf-8")
    commands = re.findall(r"^ExecStart(?:Pre)?=/opt/damrongdham-central/venv/bin/central (.+)$", text, re.MULTILINE)
    assert commands
    for command in commands:
        build_parser().parse_args(command.split())
    assert {"User=damrongdham", "UMask=0077", "EnvironmentFile=/etc/damrongdham-central.env"} <= set(text.splitlines())


def test_the_web_unit_starts_no_worker_because_a_unit_of_its_own_does() -> None:
    assert "central serve --no-worker " in (UNIT_FILES / "damrongdham-central.service").read_text("utf-8")
    assert "damrongdham-central-worker.service" in setup.UNITS


def test_units_wait_for_the_set_up_and_the_socket_outlives_a_restart() -> None:
    for unit in (*UNITS, *UNIT_FILES.glob("*.socket")):
        assert "ConditionPathExists=/etc/damrongdham-central.env" in unit.read_text("utf-8").splitlines()
    assert "Requires=damrongdham-central.socket" in (UNIT_FILES / "damrongdham-central.service").read_text("utf-8")
    assert {path.name for path in UNIT_FILES.iterdir() if path.suffix in (".socket", ".timer")} <= set(setup.UNITS)


def test_every_setting_of_the_service_is_in_the_guide() -> None:
    settings = set(re.findall(r"\b(?:CENTRAL_[A-Z_]+|DATABASE_URL)\b", (ROOT / "central" / "settings.py").read_text()))
    table = set(re.findall(r"\b(?:CENTRAL_[A-Z_]+|DATABASE_URL)\b", GUIDE))
    together = {f"{first}_{last}" for first, last in (("CENTRAL_ALERT", "FROM"), ("CENTRAL_METRICS", "TOKEN"))}
    assert settings - table - together == set()


def test_metrics_and_readiness_are_not_served_to_the_internet() -> None:
    nginx = (ROOT / "provision/central/nginx.conf").read_text("utf-8")
    assert re.search(r"location = /metrics\s+\{ return 404; \}", nginx)
    assert re.search(r"location = /readyz\s+\{ return 404; \}", nginx)
    assert "$request_uri" not in nginx.partition("log_format")[2].partition(";")[0]
    # A message of the error log has the whole request line.
    assert re.findall(r"error_log \S+ (\w+);", nginx) == ["crit"]
