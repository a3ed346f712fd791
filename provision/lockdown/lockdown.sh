# shellcheck shell=sh
# The lock-down of a kiosk. To be sourced by provision/install, which defines SOURCE, HELPERS, install_file and unit_is_active.
LOCKDOWN=${SOURCE:?}/provision/lockdown
LOCKDOWN_STATE=/run/damrongdham-kiosk-lockdown

# Everything below etc/ is installed under the same path in /etc.
place_lockdown_files() {
    for program in firewall.py usb_lock.py; do
        install_file "provision/lockdown/$program" "${HELPERS:?}/$program"
    done
    mkdir -p "$LOCKDOWN_STATE"
    mountpoint -q /tmp || touch "$LOCKDOWN_STATE/tmp-stays-on-disk" # until the next boot
    (cd "$LOCKDOWN" && find etc -type f) | while read -r file; do
        install_file "provision/lockdown/$file" "/$file"
    done
    systemd-tmpfiles --create /etc/tmpfiles.d/damrongdham-kiosk-lockdown.conf
    systemctl enable tmp.mount
}

units_to_mask() {
    sed 's/ *#.*//; /^$/d' "$LOCKDOWN/masked-units.txt"
}

mask_units() {
    # shellcheck disable=SC2046 # one word a unit
    systemctl mask $(units_to_mask)
}

unmask_units() { # for the removal of the kiosk
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
    swapoff -a || true # a container may not
    # With the lock closed: devices that are plugged in now are locked too. A container has no udev.
    if udevadm control --reload; then /usr/bin/python3 -I "$HELPERS/usb_lock.py" close; fi
    remember_ssh_clients
    systemctl restart damrongdham-kiosk-firewall.service
}

open_firewall() { # while wheels are built from packages of other places
    [ -e "$LOCKDOWN_STATE/firewall.json" ] || return 0
    /usr/bin/python3 -I "$HELPERS/firewall.py" open
}
