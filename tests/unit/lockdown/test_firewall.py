"""What the firewall allows follows from kiosk.toml, the enrolment and the addresses of this machine."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk_app.settings.load import parse
from provision.lockdown import firewall
from provision.lockdown.firewall import Site, Wanted, load_wanted, parse_host_and_port, read_wanted, render

SETTINGS = {
    "centre": {"url": "https://centre.example.go.th"},
    "printer": {"connection": "network:192.0.2.9:9100"},
    "network": {"also_reach": ["proxy.example.go.th:3128", "[2001:db8::5]:514"], "ssh_from": ["198.51.100.7/24"]},
}
ENROLMENT = {"centre_url": "https://centre.example.go.th", "public_url": "https://track.example.go.th:8443/t"}
SITE = Site(
    {
        "centre.example.go.th": ("192.0.2.1", "2001:db8::1"),
        "track.example.go.th": ("192.0.2.2",),
        "192.0.2.9": ("192.0.2.9",),
    },
    ("192.0.2.53", "2001:db8::53"),
    {"dk-ui": 901, "dk-forwarder": 902, "_apt": 42, "systemd-timesync": 997},
)


def test_the_destinations_are_those_of_settings_and_enrolment() -> None:
    parse(SETTINGS)  # kiosk.toml may say this
    assert read_wanted(SETTINGS, ENROLMENT) == Wanted(
        (
            ("192.0.2.9", 9100),
            ("2001:db8::5", 514),
            ("centre.example.go.th", 443),
            ("proxy.example.go.th", 3128),
            ("track.example.go.th", 8443),
        ),
        ("198.51.100.0/24",),
    )


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"centre": 7, "printer": [], "network": "x"},
        {"centre": {"url": "https://["}, "network": {"ssh_from": [1, "x"], "also_reach": "a:1"}},
        {"network": {"ssh_from": ["fe80::1%eth0", "10.0.0.0/33"]}},
        {"centre": {"url": "https://a;accept"}, "printer": {"connection": "network:x } accept:1"}},
    ],
)
def test_invalid_values_open_nothing(settings: dict[str, object]) -> None:
    assert read_wanted(settings, {}) == Wanted()


@pytest.mark.parametrize("text", ["", "host", "host:0", "host:65536", "host:x", "ho st:1", ":1", "a{}:1"])
def test_a_place_needs_host_and_port(text: str) -> None:
    assert parse_host_and_port(text) is None


def test_everything_else_is_denied() -> None:
    rules = render(read_wanted(SETTINGS, ENROLMENT), SITE)
    for hook in ("input", "forward", "output"):
        assert f"type filter hook {hook} priority filter; policy drop;" in rules
    accepted = [line.strip() for line in rules.splitlines() if "accept" in line and "daddr" in line and "skuid" in line]
    assert accepted == [
        "meta skuid { 0, 901, 902, 42 } ip daddr 192.0.2.9 tcp dport 9100 accept",
        "meta skuid { 0, 901, 902, 42 } ip daddr 192.0.2.1 tcp dport 443 accept",
        "meta skuid { 0, 901, 902, 42 } ip6 daddr 2001:db8::1 tcp dport 443 accept",
        "meta skuid { 0, 901, 902, 42 } ip daddr 192.0.2.2 tcp dport 8443 accept",
    ]
    assert "ip saddr 198.51.100.0/24 tcp dport 22 accept" in rules
    assert "tcp dport 22" not in render(Wanted(), SITE)


def test_a_broken_settings_file_keeps_the_destinations_of_the_last_time(tmp_path: Path) -> None:
    settings, enrolment = tmp_path / "kiosk.toml", tmp_path / "enrolment.json"
    settings.write_text("[centre", encoding="utf-8")
    wanted = read_wanted(SETTINGS, ENROLMENT)
    remembered = json.loads(json.dumps({"destinations": wanted.destinations, "ssh_from": wanted.ssh_from}))
    assert load_wanted(settings, enrolment, remembered) == wanted
    assert load_wanted(settings, enrolment, {}) == Wanted()


def test_name_servers_are_read_from_resolv_conf() -> None:
    text = "# nameserver 192.0.2.1\nnameserver 192.0.2.53\n nameserver fe80::1%eth0\nnameserver x\noptions edns0\n"
    assert firewall.parse_resolvers(text) == ["192.0.2.53", "fe80::1"]


def test_names_are_looked_up_with_a_route_only(tmp_path: Path) -> None:
    table = tmp_path / "route"
    table.write_text("Iface\tDestination\tGateway\n", encoding="ascii")
    assert not firewall.has_route([table, tmp_path / "none"])
    table.write_text("Iface\tDestination\tGateway\neth0\t00000000\t010200C0\n", encoding="ascii")
    assert firewall.has_route([table])


def test_addresses_are_kept_when_no_name_server_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    (tmp_path / "kiosk.toml").write_text('[centre]\nurl = "https://centre.example.go.th"\n', encoding="utf-8")
    for name, value in {
        "SETTINGS": tmp_path / "kiosk.toml",
        "ENROLMENT": tmp_path / "enrolment.json",
        "MEMORY": tmp_path / "destinations.json",
        "STATE": tmp_path,
        "run_nft": loaded.append,
        "has_route": lambda: True,
    }.items():
        monkeypatch.setattr(firewall, name, value)
    firewall.apply(lambda _: ("192.0.2.1",))
    assert "192.0.2.1" not in loaded[0]
    assert "ip daddr 192.0.2.1 tcp dport 443 accept" in loaded[1]
    firewall.apply(lambda _: ())
    assert loaded[2:] == [loaded[1]], "at once, and not loaded again without a change"
    firewall.apply(lambda _: ("192.0.2.7",))
    assert "192.0.2.1 " not in loaded[-1] and "192.0.2.7" in loaded[-1]
    assert json.loads((tmp_path / "firewall.json").read_text()) == {"unknown": []}


def test_a_terminal_over_a_link_local_address_does_not_spoil_the_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nft refuses all rules for an address with a zone."""
    (tmp_path / "ssh-clients").write_text("fe80::1%eth0\n198.51.100.7\nwho\n", encoding="ascii")
    loaded: list[str] = []
    for name in ("SETTINGS", "ENROLMENT", "MEMORY"):
        monkeypatch.setattr(firewall, name, tmp_path / name)
    monkeypatch.setattr(firewall, "STATE", tmp_path)
    monkeypatch.setattr(firewall, "run_nft", loaded.append)
    firewall.apply(lambda _: ())
    assert "ip saddr 198.51.100.7 tcp dport 22 accept" in loaded[0]
    assert "%" not in loaded[0] and "who" not in loaded[0]


@pytest.mark.skipif(not shutil.which("nft") or os.geteuid() != 0, reason="needs nftables and root")
def test_the_rules_are_valid() -> None:
    rules = render(read_wanted(SETTINGS, ENROLMENT), SITE)
    for text in (rules, render(Wanted(), Site())):
        subprocess.run(["unshare", "--net", "nft", "-c", "-f", "-"], input=text, text=True, check=True, timeout=20)


def test_the_first_rules_are_those_of_a_kiosk_without_destinations() -> None:
    lines = Path(firewall.__file__).with_name("first.nft").read_text("utf-8").splitlines(keepends=True)
    assert "".join(line for line in lines if not line.startswith("#")) == render(Wanted(), Site())
