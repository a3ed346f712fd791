# shellcheck shell=sh
# The lock-down of a kiosk. To be sourced by the scripts of the package damrongdham-kiosk, which contains the files below etc/.
HELPERS=${HELPERS:-/usr/lib/damrongdham-kiosk/provision}
LOCKDOWN_STATE=/run/damrongdham-kiosk-lockdown

units_to_mask() {
    sed 's/ *#.*//; /^$/d' "$HELPERS/masked-units.txt"
}

lock_down() { # what lasts
    mkdir -p "$LOCKDOWN_STATE"
    # Until the next boot: a mount over /tmp would hide the files of programs that run.
    mountpoint -q /tmp || touch "$LOCKDOWN_STATE/tmp-stays-on-disk"
    systemd-tmpfiles --create /etc/tmpfiles.d/damrongdham-kiosk-lockdown.conf
    systemctl enable tmp.mount
    # shellcheck disable=SC2046 # one word a unit
    systemctl mask $(units_to_mask)
}

undo_lock_down() { # for the removal of the kiosk
    /usr/bin/python3 -I "$HELPERS/usb_lock.py" release
    systemctl disable tmp.mount
    # shellcheck disable=SC2046
    systemctl unmask $(units_to_mask)
}

# Terminals that are open by SSH now stay open until the next boot, whatever the firewall's settings say.
remember_ssh_clients() {
    command -v ss >/dev/null || return 0
    ss -Htn state established '( sport = :22 )' | awk '{ print $4 }' |
        sed 's/:[0-9]*$//; s/[][]//g; s/^::ffff://' | sort -u >"$LOCKDOWN_STATE/ssh-clients"
}

apply_lockdown() { # on the running machine, what otherwise needs a restart
    systemctl restart systemd-journald.service
    swapoff -a || true # a container may not
    # Before the enrolment (a condition of the unit) the ports stay open: a technician who installs by keyboard needs it on.
    systemctl start damrongdham-kiosk-unlocked.service || true
    # Devices that are plugged in now are locked too, unless a technician updates the kiosk while the lock is open: closing it
    # would end the login and unmount the stick. Its unit closes it in time. A container has no udev.
    if udevadm control --reload && ! systemctl -q is-active damrongdham-kiosk-unlocked.service; then
        /usr/bin/python3 -I "$HELPERS/usb_lock.py" close
    fi
    remember_ssh_clients
    systemctl restart damrongdham-kiosk-firewall.service
}
