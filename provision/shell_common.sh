# shellcheck shell=sh
# Functions that ./run and provision/install share. To be sourced, with `set -e`. The sourcing script sets LOG (a file),
# STEP_COUNT, and packages_file (provision/packages.txt), and defines run_as_root.
packages_file=${packages_file:?}

# pip trusts the system's certificate authorities, so that a site's own authority is configured only once.
[ -n "${PIP_CERT:-}" ] || ! [ -e /etc/ssl/certs/ca-certificates.crt ] || export PIP_CERT=/etc/ssl/certs/ca-certificates.crt

die() { # MESSAGE…
    printf '%s: %s\n' "${PROGRAM:?}" "$*" >&2
    exit 1
}

# step NUMBER TEXT COMMAND…: one line on stderr; the command's output goes to the log, whose end is shown when it fails.
step() {
    printf '[%s/%s] %s\n' "$1" "${STEP_COUNT:?}" "$2" >&2
    printf '\n== %s\n' "$2" >>"${LOG:?}"
    shift 2
    set +e # not `if`: inside a condition the command's own `set -e` has no effect
    (set -e && "$@") >>"$LOG" 2>&1
    status=$?
    set -e
    [ "$status" -eq 0 ] && return
    tail -n 25 "$LOG" >&2
    die "that step failed; the whole log is in $LOG. Run this again when the cause is removed."
}

# A package list that cannot be read is an error: otherwise apt continues with old lists and finds no packages later.
apt() {
    run_as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 \
        -o APT::Update::Error-Mode=any "$@"
}

# --- the packages of provision/packages.txt ------------------------------------------------------------------------------

required_packages() { # SECTION…: their names, sorted
    awk -v wanted=" $* " '/^# \[/ { gsub(/[][#]/, ""); on = index(wanted, " " $1 " ") } on && /^[a-z0-9]/ { print $1 }' \
        "$packages_file" | sort -u
}

installed_packages() { # names, sorted
    # shellcheck disable=SC2016 # dpkg's own variables
    dpkg-query --showformat '${db:Status-Abbrev}${Package}\n' --show | sed -n 's/^ii //p' | sort -u
}

provided_packages() { # names that installed packages provide: Debian 13 provides libmtdev1 by libmtdev1t64
    # shellcheck disable=SC2016
    dpkg-query --showformat '${db:Status-Abbrev}${Provides}\n' --show |
        sed '/^ii /!d; s/^ii //; s/([^)]*)//g; s/,/ /g' | tr -s ' ' '\n'
}

missing_packages() { # SECTION…: their names on one line; nothing when all are installed
    { installed_packages && provided_packages; } | {
        installed=$(cat)
        required_packages "$@" | while read -r package; do
            case "
$installed
" in *"
$package
"*) ;; *) printf '%s ' "$package" ;; esac
        done
    }
}
