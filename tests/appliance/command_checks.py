"""Checks of the centre's commands: a support bundle while the interface is down, and a command that waits."""

import json

from tests.appliance.appliance import Appliance
from tests.appliance.install_checks import FORWARDER_UNIT, UI_UNIT
from tests.appliance.local_centre import LocalCentre
from tests.appliance.tools import CheckReport, wait_for
from tests.appliance.visit import running_visit

RESULT_TIMEOUT_S = 240  # two heartbeats and a support bundle
HEARTBEAT_TIMEOUT_S = 90


class CommandChecks:
    """An officer gives commands, and the kiosk answers with its heartbeats."""

    def __init__(self, appliance: Appliance, report: CheckReport, centre: LocalCentre) -> None:
        self._appliance = appliance
        self._report = report
        self._centre = centre

    def run_all(self) -> None:
        """All checks, one after the other."""
        self.check_bundle_without_interface()
        self.check_slow_command()

    def check_bundle_without_interface(self) -> None:
        """The report of `kiosk doctor` is in a bundle that is made while the interface is down."""
        self._appliance.run_in_root("systemctl", "stop", UI_UNIT)
        # Its last report counts for three minutes.
        self._appliance.run_in_root("rm", "--force", "/var/lib/damrongdham-kiosk/interface/status.json")
        try:
            command = self._give("support_bundle")
            self._wait_for_outcome(command, "done")
        finally:
            self._appliance.run_in_root("systemctl", "start", UI_UNIT)
        files = self._centre.read_command(command)["files"]
        (self._report.output / "bundle-doctor.json").write_text(files["doctor.json"], encoding="utf-8")
        doctor = json.loads(files["doctor.json"])
        self._report.expect(
            doctor["devices_from"] == "nobody" and len(doctor["checks"]) > 10,
            f"a support bundle of a kiosk without interface: {len(files)} files, {len(doctor['checks'])} checks",
        )
        failed = [name for name, text in files.items() if text.startswith("not available")]
        self._report.expect(not failed, f"every source gave something {failed}")

    def check_slow_command(self) -> None:
        """A restart waits for a visit, for half an hour at most; heartbeats do not wait for the restart."""
        interface = self._appliance.interface_pid()
        with running_visit(self._appliance, HEARTBEAT_TIMEOUT_S):
            command = self._give("restart_interface")
            before = self._centre.read_state()["heartbeat"]
            wait_for(
                "the next heartbeat", lambda: self._centre.read_state()["heartbeat"] > before + 30, HEARTBEAT_TIMEOUT_S
            )
            self._report.expect(
                self._appliance.interface_pid() == interface and not self._centre.read_command(command)["outcome"],
                "heartbeats go on while a command waits for the end of a visit",
            )
        self._wait_for_outcome(command, "done")
        wait_for("the interface runs", lambda: self._appliance.unit_property(UI_UNIT, "ActiveState") == "active", 60)
        self._report.expect(self._appliance.interface_pid() != interface, "then it is carried out")

    def _give(self, kind: str) -> str:
        command = self._centre.give_command(kind)
        self._appliance.run_in_root("systemctl", "restart", FORWARDER_UNIT)  # a heartbeat now, not within a minute
        return command

    def _wait_for_outcome(self, command: str, outcome: str) -> None:
        wait_for(
            f"the command is {outcome}",
            lambda: self._centre.read_command(command)["outcome"] == outcome,
            RESULT_TIMEOUT_S,
        )
