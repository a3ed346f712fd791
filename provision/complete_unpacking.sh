#!/bin/sh
# Unpacks the kiosk's package again when dpkg was interrupted while it replaced files: some programs are of one release, some of the
# other, and those that import each other do not start. So this one needs none of them.
#
#   complete_unpacking.sh [ROOT]     ROOT is before every path, for tests
#
# First from apt's cache, without a network, then from the repository. Exit status 0 when the package is whole.
set -u
ROOT=${1:-}
PACKAGE=damrongdham-kiosk
CACHE=$ROOT/var/cache/apt/archives
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

is_half_unpacked() {
    # shellcheck disable=SC2016 # dpkg's own variables
    [ "$(dpkg-query --showformat '${db:Status-Status}' --show "$PACKAGE" 2>/dev/null)" = half-installed ]
}

is_half_unpacked || exit 0
dpkg --force-confold --configure -a # apt refuses to work before that
# The newest first, by the time at which it came into the cache. An archive that was not written completely unpacks nothing.
# shellcheck disable=SC2012 # the names are those of packages
ls -tc "$CACHE/$PACKAGE"_*.deb 2>/dev/null | while read -r archive && is_half_unpacked; do
    dpkg --force-confold --install "$archive"
done
if is_half_unpacked; then
    # This file has the name of one of the two releases; both were wanted on this kiosk.
    version=$(cat "$ROOT/opt/$PACKAGE/package/name")
    apt-get -qq update
    apt-get -qq --yes --no-install-recommends --allow-downgrades --reinstall -o Dpkg::Options::=--force-confold \
        install "$PACKAGE=$version"
fi
if is_half_unpacked; then exit 1; fi
apt-get clean # what was interrupted is still in the cache
