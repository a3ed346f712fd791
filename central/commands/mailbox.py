"""`central mailbox`: lists and sets the IMAP mailboxes in which citizens complain."""

import argparse
import sys

from central.commands import CommandError, print_message
from central.commands.lookups import find_centre
from central.mailboxes.commands import save_mailbox
from central.mailboxes.models import Mailbox

_MAX_PASSWORD_CHARS = 500
_OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


def run(arguments: argparse.Namespace) -> None:
    """List, set up or stop. Raises CommandError."""
    if arguments.action == "list":
        for box in Mailbox.objects.select_related("centre").order_by("centre__path"):
            state = box.failure or ("active" if box.is_active else "off")
            sys.stdout.write("\t".join((box.centre.slug, box.username, f"{box.host}:{box.port}", state)) + "\n")
        return
    centre = find_centre(arguments.slug)
    if arguments.action == "off":
        if not Mailbox.objects.filter(centre=centre).update(is_active=False):
            raise CommandError(f"{centre.slug} has no mailbox")
        print_message(f"{centre.slug}: the mailbox is not read any more")
        return
    if arguments.no_tls and arguments.host not in _OWN_MACHINE:
        raise CommandError("without TLS the password can be read on the way; --no-tls is for a server on this machine")
    password = sys.stdin.readline(_MAX_PASSWORD_CHARS + 2).rstrip("\r\n")
    if not password or len(password) > _MAX_PASSWORD_CHARS:
        raise CommandError("give the password on standard input")
    save_mailbox(
        centre,
        host=arguments.host,
        port=arguments.port,
        uses_tls=not arguments.no_tls,
        username=arguments.user,
        password=password,
        folder=arguments.folder,
    )
    print_message(f"{centre.slug}: the mailbox is read every minute; see the state with `central mailbox list`")
