"""`central keys`: which keys this installation has, a new one in place of the current, and old ones out of use."""

import argparse
import sys

from django.db.models import Q

from central.commands import CommandError, print_message
from central.fleet.models import Enrolment
from central.keyring import KEY_KINDS, KeyringError, keyring
from protocol.messages import EnrolmentStatus


def run(arguments: argparse.Namespace) -> None:
    try:
        {"list": _list, "rotate": _rotate, "retire": _retire}[arguments.action](arguments)
    except KeyringError as error:
        raise CommandError(str(error)) from error


def _count_kiosks_using(fingerprint: str) -> int:
    """How many enrolled kiosks know this key as the centre's."""
    known = Q(sealing_fingerprint=fingerprint) | Q(receipt_fingerprint=fingerprint)
    return Enrolment.objects.filter(known, status=EnrolmentStatus.APPROVED.value).count()


def _list(arguments: argparse.Namespace) -> None:
    ring = keyring()
    for kind in KEY_KINDS:
        current = ring.current_fingerprint(kind)
        for fingerprint in ring.fingerprints(kind):
            standing = f"current since {ring.current_since(kind):%Y-%m-%d}" if fingerprint == current else "earlier"
            sys.stdout.write(f"{kind}\t{fingerprint}\t{standing}\t{_count_kiosks_using(fingerprint)} kiosks\n")


def _rotate(arguments: argparse.Namespace) -> None:
    fingerprint = keyring().rotate(arguments.kind)
    print_message(
        f"The {arguments.kind} key is {fingerprint} from now on. Back up the keys. Kiosks take it with a heartbeat;"
    )
    print_message("the earlier one opens and signs for those that have not yet, see `central keys list`.")


def _retire(arguments: argparse.Namespace) -> None:
    ring = keyring()
    kind = next((kind for kind in KEY_KINDS if arguments.fingerprint in ring.fingerprints(kind)), None)
    if kind is None:
        raise CommandError(f"there is no key {arguments.fingerprint}")
    if users := _count_kiosks_using(arguments.fingerprint):
        raise CommandError(f"{users} enrolled kiosks still use this key")
    away = ring.retire(kind, arguments.fingerprint)
    print_message(
        f"{away} is out of use: carry it away, and keep it. What still comes under it is quarantined, and opens once"
    )
    print_message(
        f"the file is back in {ring.directory / kind} as {arguments.fingerprint}.pem: `central quarantine open all`."
    )
