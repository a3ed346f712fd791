"""The network profile: what is written for each kind of connection, and what happens when it does not connect."""

import configparser
from collections.abc import Sequence
from pathlib import Path

import pytest

from kiosk_app.setup.network import NetworkSetup, make_profile
from kiosk_app.setup.programs import ProgramResult
from kiosk_app.setup.requests import ApplyNetwork

FIXED = ApplyNetwork("fixed", address="10.20.0.15/24", gateway="10.20.0.1", dns="10.20.0.2, 10.20.0.3")


def _parse(profile: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(profile)
    return parser


def test_a_fixed_address() -> None:
    profile = _parse(make_profile(FIXED))
    assert profile["ipv4"]["method"] == "manual"
    assert profile["ipv4"]["address1"] == "10.20.0.15/24,10.20.0.1"
    assert profile["ipv4"]["dns"] == "10.20.0.2;10.20.0.3;"
    assert "802-1x" not in profile


def test_a_login_wifi_and_a_mobile_modem() -> None:
    login = _parse(make_profile(ApplyNetwork("dhcp", login="peap", identity="kiosk", password="a\\b;c")))
    assert login["802-1x"]["password"] == "a\\\\b;c"
    wifi = _parse(make_profile(ApplyNetwork("wifi", ssid="ตู้;1", wifi_password=" secret word")))
    assert bytes(map(int, wifi["wifi"]["ssid"].rstrip(";").split(";"))).decode() == "ตู้;1"
    assert wifi["wifi-security"]["psk"] == "\\ssecret word"
    assert "wifi-security" not in _parse(make_profile(ApplyNetwork("wifi", ssid="open")))
    assert _parse(make_profile(ApplyNetwork("mobile", apn="internet")))["gsm"]["apn"] == "internet"


@pytest.mark.parametrize(
    "wanted",
    [
        ApplyNetwork("fixed", address="x", gateway="10.0.0.1", dns="10.0.0.1"),
        ApplyNetwork("fixed", address="10.0.0.2/24", gateway="::1", dns="10.0.0.1"),
        ApplyNetwork("mobile", apn="a\n[802-1x]"),
    ],
)
def test_a_value_that_would_break_the_profile_is_refused(wanted: ApplyNetwork) -> None:
    with pytest.raises(ValueError, match=r"."):
        make_profile(wanted)


@pytest.mark.parametrize(
    ("failure", "devices", "sentence"),
    [
        (ProgramResult(127), "", "network.no_manager"),
        (ProgramResult(8, "", "Error: NetworkManager is not running."), "", "network.no_manager"),
        (
            ProgramResult(4, "", "Error: Connection activation failed: Secrets were required, but not provided."),
            "",
            "network.wrong_login",
        ),
        (
            ProgramResult(4, "", "Error: Connection activation failed: No suitable device found for this connection"),
            "ethernet:unmanaged\n",
            "network.foreign",
        ),
        (
            ProgramResult(4, "", "Error: Connection activation failed: No suitable device found for this connection"),
            "loopback:unmanaged\n",
            "network.no_device",
        ),
        (ProgramResult(3, "", "Error: Timeout expired (60 seconds)"), "", "network.timeout"),
        (ProgramResult(4, "", "Error: something new"), "", "network.failed"),
    ],
)
def test_a_connection_that_fails_gives_the_profile_from_before_back(
    tmp_path: Path, failure: ProgramResult, devices: str, sentence: str
) -> None:
    ups: list[str] = []

    def run(arguments: Sequence[str], _timeout_s: float) -> ProgramResult:
        if "up" in arguments and arguments[0] == "nmcli":
            ups.append((tmp_path / "damrongdham-kiosk.nmconnection").read_text("utf-8"))
            return failure if "manual" in ups[-1] else ProgramResult(0)
        return ProgramResult(0, devices)

    network = NetworkSetup(tmp_path, run)
    assert network.apply(FIXED).sentence == sentence
    assert not list(tmp_path.iterdir()), "there was none before"
    (tmp_path / "damrongdham-kiosk.nmconnection").write_text("[connection]\n", encoding="utf-8")
    assert network.apply(FIXED).sentence == sentence
    assert ups[-1] == (tmp_path / "damrongdham-kiosk.nmconnection").read_text("utf-8") == "[connection]\n"


def test_no_password_is_on_a_command_line(tmp_path: Path) -> None:
    lines: list[str] = []

    def run(arguments: Sequence[str], _timeout_s: float) -> ProgramResult:
        lines.append(" ".join(arguments))
        return ProgramResult(0)

    NetworkSetup(tmp_path, run).apply(ApplyNetwork("wifi", ssid="Hall", wifi_password="a-secret-word"))
    profile = tmp_path / "damrongdham-kiosk.nmconnection"
    assert "a-secret-word" in profile.read_text("utf-8")
    assert profile.stat().st_mode & 0o777 == 0o600
    assert "a-secret-word" not in "\n".join(lines)


def test_without_an_address_the_present_connection_is_not_accepted(tmp_path: Path) -> None:
    network = NetworkSetup(tmp_path, lambda arguments, timeout_s: ProgramResult(0, "[]"))
    assert network.apply(ApplyNetwork("keep")).sentence == "network.no_address"
