# shellcheck shell=sh
# Functions that ./run and provision/install share. To be sourced, with `set -e`. The sourcing script sets LOG (a file) and
# STEP_COUNT, and defines run_as_root.

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
