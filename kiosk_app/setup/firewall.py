"""Loads the kiosk's firewall again, after a change of an address in kiosk.toml."""

import logging
from pathlib import Path

from kiosk_app.setup.programs import RunProgram, run_program

log = logging.getLogger(__name__)

LOADED_FILE = Path("/run/damrongdham-kiosk-lockdown/firewall.json")  # firewall.py writes it when the rules are loaded
UNIT = "damrongdham-kiosk-firewall.service"
# The look-up of a name that no server answers takes 10 s for each server, and settings name a few.
TIMEOUT_S = 60.0


def load_firewall(run: RunProgram = run_program, loaded_file: Path = LOADED_FILE) -> None:
    """Return when the rules allow the addresses that kiosk.toml names now. A failure is logged.

    systemd also notices the change of the file, but a connection in the second before that is refused. Without a
    firewall, as in a checkout or in the root of a system that is not running, nothing is done."""
    if not loaded_file.exists():
        return
    done = run(("systemctl", "--no-ask-password", "restart", UNIT), TIMEOUT_S)
    if done.status:
        log.warning("The firewall was not loaded again: %s", done.last_error)
