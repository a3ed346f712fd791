"""`central notice-routes`: lists and sets the channels by which a centre sends notices, and its quiet hours."""

import argparse
import sys

from central.centres.models import Centre
from central.commands import CommandError, print_message
from central.commands.lookups import find_centre
from central.notices.codes import CHANNEL_NAMES, NoticeChannel
from central.notices.models import NoticeRoute
from central.notices.route_settings import RouteError, RouteValues, save_route, save_rules

_MAX_SECRET_CHARS = 500


def run(arguments: argparse.Namespace) -> None:
    """List, or set one channel or the hours of a centre. Raises CommandError."""
    if arguments.action == "list":
        for route in NoticeRoute.objects.select_related("centre").order_by("centre__path", "channel"):
            state = route.last_failure or ("active" if route.is_active else "off")
            sys.stdout.write("\t".join((route.centre.slug, route.channel, state, str(route.receipt_id))) + "\n")
        return
    centre = find_centre(arguments.slug)
    if arguments.action == "hours":
        save_rules(centre, arguments.quiet_from, arguments.quiet_until, arguments.gather_minutes)
        print_message(f"{centre.slug}: the hours are set")
        return
    _set_route(centre, arguments)


def _set_route(centre: Centre, arguments: argparse.Namespace) -> None:
    channel = NoticeChannel(arguments.channel)
    secret, receipt_secret = _read_secrets() if arguments.secrets_stdin else ("", "")
    values = RouteValues(
        is_active=True,
        url=arguments.url,
        sender=arguments.sender,
        secret=secret,
        receipt_secret=receipt_secret,
        price_satang=arguments.price_satang,
    )
    try:
        route = save_route(centre, channel, values)
    except RouteError as error:
        raise CommandError(str(error)) from error
    # The id is in the address to which the gateway posts; it is no secret, every request is signed.
    sys.stdout.write(f"{route.receipt_id}\n")
    print_message(f"{centre.slug}: {CHANNEL_NAMES[channel].en} is set up")


def _read_secrets() -> tuple[str, str]:
    """The key of the gateway, and on a second line the secret of what it posts."""
    lines = [line.strip() for line in sys.stdin.read(4 * _MAX_SECRET_CHARS).splitlines()]
    if any(len(line) > _MAX_SECRET_CHARS for line in lines):
        raise CommandError(f"a key has at most {_MAX_SECRET_CHARS} characters")
    return (lines[0] if lines else ""), (lines[1] if len(lines) > 1 else "")
