"""The files with which the central service is installed: guide, units, containers. What is written in one of them and
meant for another is the same in both; tests/appliance follows the guide in a fresh Debian."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from central.command_arguments import build_parser
from tests.appliance.guide import guide_commands

ROOT = Path(__file__).parents[2]
FILES = ROOT / "docs" / "centre"
GUIDE = (ROOT / "docs" / "centre.md").read_text("utf-8")
CONTAINERFILE = (FILES / "Containerfile").read_text("utf-8")
UNITS = sorted(FILES.glob("*.service"))


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


def test_guide_and_container_install_every_package_that_the_service_needs() -> None:
    assert len(central_packages()) >= 4
    for text in ("\n".join(guide_commands("Installing")), CONTAINERFILE):
        installed = set(re.findall(r"[\w.+-]+", text.partition("apt-get install")[2]))
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
    commands = re.findall(r"^ExecStart(?:Pre)?=/opt/damrongdham-central/bin/central (.+)$", text, re.MULTILINE)
    assert commands
    for command in commands:
        build_parser().parse_args(command.split())
    assert {"User=damrongdham", "UMask=0077", "EnvironmentFile=/etc/damrongdham-central.env"} <= set(text.splitlines())


def test_the_web_unit_starts_no_worker_because_a_unit_of_its_own_does() -> None:
    assert "central serve --no-worker " in (FILES / "damrongdham-central.service").read_text("utf-8")
    installing = "\n".join(guide_commands("Installing"))
    assert re.search(r"systemctl enable --now damrongdham-central damrongdham-central-worker ", installing)


def test_every_setting_of_the_service_is_in_the_guide() -> None:
    settings = set(re.findall(r"\b(?:CENTRAL_[A-Z_]+|DATABASE_URL)\b", (ROOT / "central" / "settings.py").read_text()))
    table = set(re.findall(r"\b(?:CENTRAL_[A-Z_]+|DATABASE_URL)\b", GUIDE))
    together = {f"{first}_{last}" for first, last in (("CENTRAL_ALERT", "FROM"), ("CENTRAL_METRICS", "TOKEN"))}
    assert settings - table - together == set()


def test_the_guide_creates_a_database_that_stores_thai_on_a_machine_without_a_locale() -> None:
    assert any(
        "createdb" in line and "--encoding=UTF8 --template=template0" in line for line in guide_commands("Installing")
    )


def test_metrics_and_readiness_are_not_served_to_the_internet() -> None:
    nginx = (FILES / "nginx.conf").read_text("utf-8")
    assert re.search(r"location = /metrics\s+\{ return 404; \}", nginx)
    assert re.search(r"location = /readyz\s+\{ return 404; \}", nginx)
    assert "$request_uri" not in nginx.partition("log_format")[2].partition(";")[0]
    # A message of the error log has the whole request line.
    assert re.findall(r"error_log \S+ (\w+);", nginx) == ["crit"]
