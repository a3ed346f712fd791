"""Checks of the lock-down on the booted appliance: consoles, memory, journal, and the firewall with real neighbours."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.appliance.appliance import Appliance
from tests.appliance.tools import CheckReport, run_command, wait_for

KIOSK_ADDRESS, PRINTER_ADDRESS, STRANGER_ADDRESS = "10.77.0.2", "10.77.0.11", "10.77.0.13"
PRINTER_NAME, PRINTER_PORT = "printer.example", 9100
FIREWALL_UNIT = "damrongdham-kiosk-firewall.service"
FIRST_RULES_UNIT = "damrongdham-kiosk-firewall-first.service"
SETTINGS_FILE = "etc/damrongdham-kiosk/kiosk.toml"
SERVER_SCRIPT = """
import selectors, socket
selector = selectors.DefaultSelector()
for port in (22, 80, 9100):
    selector.register(socket.create_server(("", port)), selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in selector.select():
        key.fileobj.accept()[0].close()
"""
CONNECT_SCRIPT = """
import socket, sys
socket.create_connection((sys.argv[1], int(sys.argv[2])), 1).close()
"""


class LockdownChecks:
    """What somebody at the machine, or in its network, gets."""

    def __init__(self, appliance: Appliance, report: CheckReport) -> None:
        self._appliance = appliance
        self._report = report

    def run_all(self) -> None:
        """All checks, one after the other."""
        self.check_consoles()
        self.check_memory()
        self.check_firewall()

    def check_consoles(self) -> None:
        """No login runs, and none can be started."""
        logins = self._appliance.run_in_root(
            "systemctl", "list-units", "--plain", "--no-legend", "--state=active", "*getty*"
        )
        self._report.expect("getty@" not in logins and "console-getty" not in logins, "no login runs on any console")
        for unit in ("getty@tty2.service", "autovt@tty3.service", "debug-shell.service", "ctrl-alt-del.target"):
            self._report.expect(
                not self._appliance.succeeds_in_root("systemctl", "start", unit), f"{unit} cannot be started"
            )

    def check_memory(self) -> None:
        """Nothing in memory reaches the disk."""
        temporary = self._appliance.run_in_root("findmnt", "--noheadings", "--output", "FSTYPE", "/tmp").strip()
        self._report.expect(temporary.splitlines()[-1] == "tmpfs", "/tmp is in memory")
        self._report.expect(
            self._appliance.unit_property("swap.target", "LoadState") == "masked", "no swap is activated at boot"
        )
        limit = self._appliance.run_in_root("systemctl", "show", "--value", "--property=DefaultLimitCORE").strip()
        self._report.expect(limit == "0", "no unit leaves a core dump by default")
        journal = self._appliance.run_in_root("systemd-analyze", "cat-config", "systemd/journald.conf")
        self._report.expect("SystemMaxUse=200M" in journal, "the journal is bounded")

    def check_firewall(self) -> None:
        """A printer by name is reached; a stranger neither reaches the kiosk nor is reached by it."""
        with self._street() as street:
            settings = self._appliance.root / SETTINGS_FILE
            before = settings.read_text("utf-8")
            hosts = self._appliance.root / "etc/hosts"
            hosts.write_text(f"127.0.0.1 localhost\n{PRINTER_ADDRESS} {PRINTER_NAME}\n", encoding="utf-8")
            opened = before.replace("also_reach = []", f'also_reach = ["{PRINTER_NAME}:{PRINTER_PORT}"]')
            settings.write_text(opened, encoding="utf-8")
            wait_for("the firewall follows kiosk.toml", lambda: PRINTER_ADDRESS in self._rules(), 20)
            self._report.record_pass("the firewall follows kiosk.toml and looks its names up")
            self._report.expect(
                self._reaches("dk-ui", PRINTER_ADDRESS, PRINTER_PORT), "the interface reaches what kiosk.toml names"
            )
            for user, address, port in (
                ("dk-ui", STRANGER_ADDRESS, PRINTER_PORT),
                ("dk-forwarder", STRANGER_ADDRESS, 80),
                ("root", STRANGER_ADDRESS, 80),
                ("daemon", PRINTER_ADDRESS, PRINTER_PORT),
            ):
                self._report.expect(not self._reaches(user, address, port), f"{user} does not reach {address}:{port}")
            kiosk_server = subprocess.Popen(
                self._appliance.command_in_root("/usr/bin/python3", "-c", SERVER_SCRIPT), stdout=subprocess.PIPE
            )
            try:
                if kiosk_server.stdout:
                    kiosk_server.stdout.readline()
                for port in (22, 80, PRINTER_PORT):
                    command = [sys.executable, "-c", CONNECT_SCRIPT, KIOSK_ADDRESS, str(port)]
                    neighbour = subprocess.run(
                        ["ip", "netns", "exec", street, *command], capture_output=True, timeout=30, check=False
                    )
                    self._report.expect(neighbour.returncode != 0, f"a neighbour does not reach port {port}")
            finally:
                kiosk_server.kill()
                kiosk_server.wait()
            settings.write_text(before, encoding="utf-8")
            wait_for("the firewall closes again", lambda: PRINTER_ADDRESS not in self._rules(), 20)
            self._check_first_rules()

    def _check_first_rules(self) -> None:
        """At a boot whose rules cannot be made, the kiosk is closed."""
        systemctl = self._appliance.command_in_root("systemctl")
        program = "/usr/lib/damrongdham-kiosk/provision/firewall.py"
        self._appliance.run_in_root("mount", "--bind", "/dev/null", program)
        try:
            self._appliance.run_in_root("nft", "delete", "table", "inet", "damrongdham_kiosk")
            self._report.expect(self._reaches("root", STRANGER_ADDRESS, 80), "without rules all is open")
            run_command(*systemctl, "stop", FIRST_RULES_UNIT)
            run_command(*systemctl, "start", FIRST_RULES_UNIT, FIREWALL_UNIT)
            self._report.expect(
                not self._reaches("root", STRANGER_ADDRESS, 80), "when its rules cannot be made, the kiosk is closed"
            )
        finally:
            self._appliance.run_in_root("umount", program)
            run_command(*systemctl, "restart", FIREWALL_UNIT)

    def _rules(self) -> str:
        return self._appliance.run_in_root("nft", "list", "table", "inet", "damrongdham_kiosk")

    def _reaches(self, user: str, address: str, port: int) -> bool:
        return self._appliance.succeeds_in_root("/usr/bin/python3", "-c", CONNECT_SCRIPT, address, str(port), user=user)

    @contextmanager
    def _street(self) -> Iterator[str]:
        """A network namespace at the other end of a cable, in which two machines listen."""
        street = f"dk-street-{os.getpid()}"
        run_command("ip", "netns", "add", street)
        server = subprocess.Popen(
            ["ip", "netns", "exec", street, sys.executable, "-c", SERVER_SCRIPT], stdout=subprocess.PIPE
        )
        try:
            if server.stdout:
                server.stdout.readline()
            leader = str(self._appliance.leader)
            run_command("ip", "link", "add", "hall", "netns", leader, "type", "veth", "peer", "hall", "netns", street)
            for address in (PRINTER_ADDRESS, STRANGER_ADDRESS):
                run_command("ip", "-n", street, "address", "add", f"{address}/24", "dev", "hall")
            run_command("ip", "-n", street, "link", "set", "hall", "up")
            inside = self._appliance.command_in_network
            run_command(*inside("ip", "address", "add", f"{KIOSK_ADDRESS}/24", "dev", "hall"))
            run_command(*inside("ip", "link", "set", "hall", "up"))
            yield street
        finally:
            server.kill()
            server.wait()
            run_command("ip", "netns", "del", street)
