"""The highest exposure of each service, as `systemd-analyze security` rates it: from 0, confined, to 10.

Unit tests rate the files of this checkout, the appliance test the units of a running machine."""

import re

EXPOSURE = {
    "systemd/damrongdham-kiosk-ui.service": 2.0,
    "systemd/damrongdham-kiosk-forwarder.service": 1.5,
    "systemd/damrongdham-kiosk-fault.service": 2.0,
    "systemd/damrongdham-kiosk-confirm-release.service": 2.0,
    "systemd/damrongdham-kiosk-commands.service": 2.0,
    "systemd/damrongdham-kiosk-disk.service": 2.0,
    "systemd/damrongdham-kiosk-enrolled.service": 2.0,
    "systemd/damrongdham-kiosk-settings.service": 2.0,
    "systemd/damrongdham-kiosk-setup.service": 2.0,
    "systemd/damrongdham-kiosk-firewall.service": 2.0,
    "systemd/damrongdham-kiosk-firewall-first.service": 2.0,
    "systemd/damrongdham-kiosk-unlocked.service": 2.0,
    "systemd/damrongdham-kiosk-permit-stick@.service": 2.0,
    "systemd/damrongdham-kiosk-activate.service": 2.0,
    "systemd/damrongdham-kiosk-update.service": 4.0,  # it runs apt, and with it the scripts of any Debian package
    "systemd/central/damrongdham-central.service": 2.0,
    "systemd/central/damrongdham-central-worker.service": 2.0,
    "systemd/central/damrongdham-central-backup.service": 2.0,
    "provision/image/files/data/damrongdham-touch.service": 2.0,
    # It formats, repairs, maps and mounts the data partition: block devices, CAP_SYS_ADMIN, and files of every owner.
    "provision/image/files/data/damrongdham-data.service": 3.5,
}


def exposure_in(report: str) -> float:
    """The exposure in a report of `systemd-analyze security`. Raises ValueError when there is none."""
    overall = re.search(r"Overall exposure level for \S+: (\d+\.\d)", report)
    if overall is None:
        raise ValueError(report)
    return float(overall[1])
