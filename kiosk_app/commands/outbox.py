"""`kiosk outbox`: complaints that wait for the centre. They are sealed: only numbers and sizes can be shown."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk_app.commands.arguments import CommandError, make_parser, settings_from_args
from kiosk_app.commands.output import print_json, print_message
from kiosk_app.outbox import Enrolment, Outbox, OutboxError
from kiosk_app.outbox.offline_transfer import export_rows, import_receipts
from kiosk_app.outbox.reports import LinkReport
from kiosk_app.outbox.state_directory import outbox_directory
from thai.dates import in_thailand


def main(argv: Sequence[str]) -> int:
    """Run the action: status, list, retry, export or import."""
    arg_parser = make_parser(
        "outbox", "Complaints that wait for the centre. They are sealed: nobody can read them here."
    )
    actions = arg_parser.add_subparsers(dest="action", required=True, metavar="status|list|retry|export|import")
    for action, summary in (
        ("status", "how many wait, and since when"),
        ("list", "list the waiting complaints"),
        ("retry", "retry the complaints that the centre refused"),
        ("export", "write them to a directory for `central import`"),
        ("import", "read the centre's receipts from the directory and delete what it holds"),
    ):
        sub = actions.add_parser(action, help=summary, description=summary.capitalize())
        # Accepted before and after the action, as with every other command.
        sub.add_argument("--settings", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        if action in ("status", "list"):
            sub.add_argument("--json", action="store_true", help="one JSON object")
        elif action != "retry":
            sub.add_argument("directory", type=Path, metavar="DIR")
    arguments = arg_parser.parse_args(argv)
    try:
        _run_action(arguments)
    except CommandError as error:
        if getattr(arguments, "json", False):
            print_json({"error": str(error)})
        raise
    return 0


def _run_action(arguments: argparse.Namespace) -> None:
    state = settings_from_args(arguments).paths.state
    directory = outbox_directory(state)
    try:
        if not directory.is_dir():
            raise CommandError(f"{directory}: there is no outbox here; no complaint has been saved yet")
        with Outbox.open(directory, Enrolment.load(state)) as outbox:
            _ACTIONS[arguments.action](outbox, arguments)
    except OutboxError as error:
        raise CommandError(f"{error}.") from None
    except PermissionError:
        raise CommandError(f"{directory}: this user may not open it; use sudo") from None


def _status(outbox: Outbox, arguments: argparse.Namespace) -> None:
    oldest = outbox.oldest()
    link = LinkReport.read(settings_from_args(arguments).paths.state)
    facts = {
        "waiting": outbox.count(),
        "oldest": oldest.isoformat() if oldest else None,
        "refused": sum(1 for row in outbox.pending() if row.refused),
        "can_accept": outbox.can_accept(),
        "unconfirmed": [row.case_number for row in outbox.unconfirmed()],
        "damaged": outbox.list_damaged_stores(),
        "lost": outbox.list_lost_stores(),
        "centre_answers": link.centre_answers if link else None,  # by the forwarder's last report; None: no report
        "trouble": link.trouble if link else "",
    }
    if arguments.json:
        print_json(facts)
        return
    for key, value in facts.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        shown = "none" if shown in (None, "") else shown
        print(f"{key}: {shown}")


def _list(outbox: Outbox, arguments: argparse.Namespace) -> None:
    rows = outbox.pending()
    if arguments.json:
        print_json(
            {
                "waiting": [
                    {
                        "submission_id": row.submission_id,
                        "case_number": row.case_number,
                        "saved": row.saved.isoformat(),
                        "size": row.size,
                        "receipt_confirmed": row.receipt_confirmed,
                        "refused": row.refused,
                    }
                    for row in rows
                ]
            }
        )
        return
    for row in rows:
        refused = f"  refused: {row.refused}" if row.refused else ""
        print(f"{row.case_number}  {in_thailand(row.saved):%Y-%m-%d %H:%M}  {row.size / 1000:.0f} kB{refused}")


def _retry(outbox: Outbox, _: argparse.Namespace) -> None:
    print_message(f"{outbox.retry_refused()} will be tried again.")


def _export(outbox: Outbox, arguments: argparse.Namespace) -> None:
    try:
        count = export_rows(arguments.directory, outbox)
    except OSError as error:
        raise CommandError(f"{arguments.directory} cannot be written: {error.strerror}", 2) from None
    print_message(f"{count} written to {arguments.directory}. They stay here until their receipts are imported.")


def _import(outbox: Outbox, arguments: argparse.Namespace) -> None:
    try:
        result = import_receipts(arguments.directory, outbox)
    except OSError as error:
        raise CommandError(f"{arguments.directory} cannot be read: {error.strerror}", 2) from None
    if not result.receipts:
        raise CommandError(f"there are no receipts in {arguments.directory}; has `central import` been run on it?", 2)
    for name, why in result.invalid:
        print_message(f"{name}: {why}.")
    print_message(f"{result.deleted} deleted here: the centre holds them.")
    if result.invalid:
        raise CommandError(f"{len(result.invalid)} receipts are invalid")


_ACTIONS: dict[str, Callable[[Outbox, argparse.Namespace], None]] = {
    "status": _status,
    "list": _list,
    "retry": _retry,
    "export": _export,
    "import": _import,
}
