"""`central keys`: lists the keys of this installation, rotates the current ones and retires earlier ones."""

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
    """Number of enrolled kiosks that use this key."""
    known = Q(sealing_fingerprint=fingerprint) | Q(receipt_fingerprint=fingerprint)
    return Enrolment.objects.filter(known, status=EnrolmentStatus.APPROVED.value).count()


def _list(arguments: argparse.Namespace) -> None:
    ring = keyring()
    for kind in KEY_KINDS:
        current = ring.current_fingerprint(kind)
        for fingerprint in ring.fingerprints(kind):
            state = f"current since {ring.current_since(kind):%Y-%m-%d}" if fingerprint == current else "earlier"
            sys.stdout.write(f"{kind}\t{fingerprint}\t{state}\t{_count_kiosks_using(fingerprint)} kiosks\n")


def _rotate(arguments: argparse.Namespace) -> None:
    fingerprint = keyring().rotate(arguments.kind)
    print_message(
        f"The current {arguments.kind} key is now {fingerprint}. Back up the keys. Kiosks receive it with a heartbeat."
    )
    print_message("Until then the earlier key opens and signs for them, see `central keys list`.")


def _retire(arguments: argparse.Namespace) -> None:
    ring = keyring()
    kind = next((kind for kind in KEY_KINDS if arguments.fingerprint in ring.fingerprints(kind)), None)
    if kind is None:
        raise CommandError(f"there is no key {arguments.fingerprint}")
    if users := _count_kiosks_using(arguments.fingerprint):
        raise CommandError(f"{users} enrolled kiosks still use this key")
    retired = ring.retire(kind, arguments.fingerprint)
    print_message(
        f"The key is retired: move {retired} to another place, and keep it. Deliveries sealed to it are quarantined."
    )
    print_message(
        f"To open them, return it as {ring.directory / kind / arguments.fingerprint}.pem: `central quarantine open all`"
    )
