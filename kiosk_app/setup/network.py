"""The network connection: one NetworkManager profile, written as a file so that no password is on a command line.

A profile that does not connect is taken back, and the one before it is used again.
"""

import ipaddress
import json
import os
from contextlib import suppress
from pathlib import Path

from kiosk_app.setup.programs import EXIT_MISSING, ProgramResult, RunProgram, run_program
from kiosk_app.setup.requests import ApplyNetwork, Reply
from machine.safe_files import read_file, replace_file_atomically

PROFILES = Path("/etc/NetworkManager/system-connections")
PROFILE = "damrongdham-kiosk"
# Of this profile on every kiosk; it only has to differ from others'.
PROFILE_UUID = "5a1f1d0e-6c3b-4c56-9a55-0d3f6f1f7d21"
_DEVICE_TYPES = {"dhcp": "ethernet", "fixed": "ethernet", "wifi": "wifi", "mobile": "gsm"}
_CONNECT_S = 60.0  # 802.1X and a mobile network take up to 45 s
_QUICK_S = 15.0
_MAX_BYTES = 64 * 1024
_STATUS_NOT_RUNNING = 8  # of nmcli


class NetworkSetup:
    """`profiles` and `run` are replaced by tests."""

    def __init__(self, profiles: Path = PROFILES, run: RunProgram = run_program) -> None:
        self._file = profiles / f"{PROFILE}.nmconnection"
        self._run = run

    def apply(self, wanted: ApplyNetwork) -> Reply:
        """Connect, and tell the address."""
        if wanted.kind == "keep":
            return self._addressed()
        try:
            profile = make_profile(wanted)
        except ValueError:
            return Reply(passed=False, sentence="service.refused")
        before = self._present_profile()
        try:
            replace_file_atomically(self._file, profile.encode(), 0o600)
        except FileNotFoundError:
            return Reply(passed=False, sentence="network.no_manager")
        except OSError as error:
            return Reply(passed=False, sentence="network.failed", detail=error.strerror or "")
        connected = self._activate()
        if connected.status != 0:
            refusal = self._refusal(wanted, connected)
            self._restore(before)
            return refusal
        return self._addressed()

    def list_wifi(self) -> Reply:
        """The names of the networks, the strongest first."""
        listed = self._run(
            ["nmcli", "--terse", "--escape", "no", "--fields", "SSID", "device", "wifi", "list", "--rescan", "yes"],
            _QUICK_S * 2,
        )
        if listed.status in (EXIT_MISSING, _STATUS_NOT_RUNNING):
            return Reply(passed=False, sentence="network.no_manager")
        names = list(dict.fromkeys(line for line in listed.output.splitlines() if line and line.isprintable()))
        if not names:
            return Reply(passed=False, sentence="wifi.none")
        return Reply(passed=True, sentence="wifi.listed", options=tuple((name, name) for name in names[:12]))

    def _present_profile(self) -> bytes | None:
        with suppress(OSError):
            return read_file(self._file, _MAX_BYTES)
        return None

    def _activate(self) -> ProgramResult:
        loaded = self._run(["nmcli", "connection", "load", os.fspath(self._file)], _QUICK_S)
        if loaded.status != 0:
            return loaded
        return self._run(["nmcli", "--wait", f"{_CONNECT_S:.0f}", "connection", "up", PROFILE], _CONNECT_S + 5)

    def _restore(self, before: bytes | None) -> None:
        """Use the profile from before again."""
        with suppress(OSError):
            if before is None:
                self._file.unlink()
                self._run(["nmcli", "connection", "reload"], _QUICK_S)
            else:
                replace_file_atomically(self._file, before, 0o600)
                self._activate()

    def _refusal(self, wanted: ApplyNetwork, failed: ProgramResult) -> Reply:
        text = (failed.errors + failed.output).lower()
        if failed.status in (EXIT_MISSING, _STATUS_NOT_RUNNING):
            return Reply(passed=False, sentence="network.no_manager")
        if "secrets" in text or "supplicant" in text or "802.1x" in text:
            return Reply(passed=False, sentence="network.wrong_login")
        if "no suitable device" in text or "no device" in text:
            is_foreign = self._is_device_unmanaged(_DEVICE_TYPES[wanted.kind])
            return Reply(passed=False, sentence="network.foreign" if is_foreign else "network.no_device")
        if "timeout" in text or "timed out" in text or "ip configuration" in text or failed.status == 124:
            return Reply(passed=False, sentence="network.timeout")
        return Reply(passed=False, sentence="network.failed", detail=failed.last_error)

    def _is_device_unmanaged(self, kind: str) -> bool:
        """Whether a device of this kind exists that NetworkManager leaves to somebody else."""
        listed = self._run(["nmcli", "--terse", "--fields", "TYPE,STATE", "device"], _QUICK_S)
        return f"{kind}:unmanaged" in listed.output.splitlines()

    def _addressed(self) -> Reply:
        addresses = self._addresses()
        if not addresses:
            return Reply(passed=False, sentence="network.no_address")
        return Reply(passed=True, sentence="network.connected", detail=addresses[0])

    def _addresses(self) -> list[str]:
        """The addresses of this machine that others can reach, IPv4 first."""
        listed = self._run(["ip", "-json", "address", "show", "scope", "global", "up"], _QUICK_S)
        try:
            entries = [entry for link in json.loads(listed.output or "[]") for entry in link.get("addr_info", [])]
        except ValueError:
            return []
        ordered = sorted(entries, key=lambda entry: entry.get("family") != "inet")
        return [f"{entry['local']}/{entry['prefixlen']}" for entry in ordered if "local" in entry]


def make_profile(wanted: ApplyNetwork) -> str:
    """The profile as NetworkManager's keyfile. Raises ValueError for an address that is none."""
    sections: dict[str, dict[str, str]] = {
        "connection": {
            "id": PROFILE,
            "uuid": PROFILE_UUID,
            "type": _DEVICE_TYPES[wanted.kind],
            "autoconnect": "true",
            "autoconnect-priority": "100",
            "autoconnect-retries": "0",  # without end: the cable may come back next week
        },
        "ipv4": {"method": "auto"},
        "ipv6": {"method": "auto"},
    }
    if wanted.kind == "fixed":
        address, gateway = ipaddress.ip_interface(wanted.address), ipaddress.ip_address(wanted.gateway)
        servers = [ipaddress.ip_address(part.strip()) for part in wanted.dns.split(",")]
        for version in (4, 6):
            own = [str(server) for server in servers if server.version == version]
            section: dict[str, str] = {"method": "auto" if version == 6 else "disabled"}
            if address.version == version:
                if gateway.version != version:
                    raise ValueError("The gateway is of another version than the address")
                section = {"method": "manual", "address1": f"{address},{gateway}"}
            if own:
                section["dns"] = ";".join(own) + ";"
            sections[f"ipv{version}"] = section
    if wanted.kind in ("dhcp", "fixed") and wanted.login == "peap":
        sections["802-1x"] = {
            "eap": "peap;",
            "identity": escape(wanted.identity),
            "phase2-auth": "mschapv2",
            "password": escape(wanted.password),
        }
    if wanted.kind == "wifi":
        # As bytes: the name of a network may contain anything.
        sections["wifi"] = {"mode": "infrastructure", "ssid": "".join(f"{byte};" for byte in wanted.ssid.encode())}
        if wanted.wifi_password:
            sections["wifi-security"] = {"key-mgmt": "wpa-psk", "psk": escape(wanted.wifi_password)}
    if wanted.kind == "mobile":
        sections["gsm"] = {"apn": escape(wanted.apn)}
    return "\n".join(
        f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in options.items())
        for name, options in sections.items()
    )


def escape(text: str) -> str:
    """A value of a keyfile: a backslash and a space at the beginning are written as escapes. Raises ValueError for
    control characters, which would begin another line."""
    if not text.isprintable():
        raise ValueError("A value has characters that cannot be written")
    text = text.replace("\\", "\\\\")
    return "\\s" + text[1:] if text.startswith(" ") else text
