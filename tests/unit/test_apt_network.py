"""What apt is told of the network: a real apt downloads through a proxy, from a server with the centre's authority."""

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from provision.apt_network import configure_apt
from tests.certificates import issue_certificate, new_authority, server_context, to_pem
from tests.relays import connect_proxy, tls_front

APT_HELPER = Path("/usr/lib/apt/apt-helper")
PEM = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"


class Site:
    """The files of a kiosk that say how it reaches the network, and what apt gets of them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.settings, self.enrolment = directory / "kiosk.toml", directory / "enrolment.json"
        self.parts, self.authorities = directory / "apt.conf.d", directory / "state"
        self.parts.mkdir()
        self.authorities.mkdir()
        self.configuration = self.parts / "61damrongdham-kiosk-network"

    def configure(self, settings: str, **enrolment: str) -> dict[str, str]:
        """What apt reads, by name."""
        self.settings.write_text(settings, encoding="utf-8")
        self.enrolment.write_text(json.dumps(enrolment), encoding="utf-8")
        configure_apt(self.settings, self.enrolment, self.configuration, self.authorities)
        dump = self.run_apt("apt-config", "dump")
        lines = [line.rstrip(";").partition(" ") for line in dump.stdout.splitlines()]
        return {
            name: value.strip('"') for name, _, value in lines if name.startswith("Acquire::http") and value != '""'
        }

    def run_apt(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        main = self.directory / "apt.conf"
        main.write_text(
            f'Dir::Etc::parts "{self.parts}"; Dir::Etc::main "/dev/null"; APT::Sandbox::User "root";'
            'Acquire::Retries "0";'
        )
        without = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        environment = {**without, "APT_CONFIG": str(main)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20, check=False)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    if not shutil.which("apt-config"):
        pytest.skip("this machine has no apt")
    return Site(tmp_path)


def test_apt_uses_the_proxy_and_the_authority_of_the_centre(site: Site, tmp_path: Path) -> None:
    if not APT_HELPER.exists():
        pytest.skip("this machine has no apt-helper")
    authority, now = new_authority("centre"), datetime.now(UTC)
    certificate = issue_certificate(authority, "127.0.0.1", now - timedelta(days=1), now + timedelta(days=1))
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages/Release").write_text("of the repository", encoding="ascii")
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path / "packages")
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    targets: list[str] = []
    try:
        with (
            tls_front(server_context(tmp_path, certificate), server.server_port) as port,
            connect_proxy(targets) as proxy,
        ):
            url, target = f"https://127.0.0.1:{port}", tmp_path / "downloaded"
            site.configure(f'network.proxy = "127.0.0.1:{proxy}"', centre_url=url, authority=to_pem(authority))
            site.run_apt(APT_HELPER, "-qq", "download-file", f"{url}/Release", target)
            assert target.read_text("ascii") == "of the repository"
            assert targets == [f"127.0.0.1:{port}"]
            site.configure("", centre_url=url, authority=to_pem(new_authority("another")))
            answer = site.run_apt(APT_HELPER, "-qq", "download-file", f"{url}/Release", tmp_path / "refused")
            assert answer.returncode and len(targets) == 1, "without a proxy directly, with the authority of another"
    finally:
        server.shutdown()
        server.server_close()


def test_an_authority_counts_for_the_centre_alone(site: Site) -> None:
    urls = {"centre_url": "https://centre.example", "public_url": "https://track.example"}
    shown = site.configure("", **urls, authority=PEM.format("A"), public_authority=PEM.format("B"))
    assert {name: Path(file).read_text("ascii") for name, file in shown.items()} == {
        "Acquire::https::centre.example::CaInfo": PEM.format("A"),
        "Acquire::https::track.example::CaInfo": PEM.format("B"),
    }
    assert {path.stat().st_mode & 0o777 for path in site.authorities.iterdir()} == {0o644}, "apt's own user reads them"
    (site.directory / "ca.pem").write_text(PEM.format("C"), encoding="ascii")
    shown = site.configure(f'centre.ca_file = "{site.directory}/ca.pem"', **urls)
    assert {Path(file).read_text("ascii") for file in shown.values()} == {PEM.format("C")}
    same_host = {"centre_url": "https://centre.example", "public_url": "https://centre.example:8443"}
    shown = site.configure("", **same_host, authority=PEM.format("A"))
    assert list(shown) == ["Acquire::https::centre.example::CaInfo"]


def test_settings_that_are_invalid_change_nothing_and_none_remove_the_file(site: Site) -> None:
    proxy = {f"Acquire::{scheme}::Proxy": "http://proxy.example:3128" for scheme in ("http", "https")}
    assert site.configure('network.proxy = "proxy.example:3128"') == proxy
    assert site.configure("network.proxy = ") == proxy
    assert site.configure("") == {}
    assert not site.configuration.exists()


@pytest.mark.parametrize(
    ("settings", "centre_url"),
    [
        ('network.proxy = "x:1\\"; APT::Update::Pre-Invoke { \\"touch /tmp/x\\"; }; //"', 'https://a"; //'),
        ("network = 3", "https://[fd00::1]:8443"),
        ("network.proxy = 3", "https://[fd00"),
        ('centre.ca_file = "/nowhere"', ""),
    ],
)
def test_nothing_but_hosts_and_ports_reaches_apt(site: Site, settings: str, centre_url: str) -> None:
    assert site.configure(settings, centre_url=centre_url, authority=PEM.format("A")) == {}
