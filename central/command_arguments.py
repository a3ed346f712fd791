"""The commands of `central` with their arguments: one row of COMMANDS and one function for each.

Apart from the modules that run them: those import models, which Django allows only after its set-up, and `--help` works
without settings.
"""

import argparse
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from importlib.metadata import version


@dataclass(frozen=True)
class Command:
    """One command: its name, the module of `central.commands` that runs it, and its arguments."""

    name: str
    module: str
    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None] = lambda parser: None


def build_parser() -> argparse.ArgumentParser:
    """The parser of the command line. `module` of its result names the module that runs the command."""
    parser = argparse.ArgumentParser(
        prog="central",
        description="The central service of the Damrongdham kiosks.",
        epilog="Settings come from the environment: CENTRAL_DATA, CENTRAL_URL, CENTRAL_HOSTS, DATABASE_URL.",
    )
    parser.add_argument("--version", action="version", version=f"central {version('damrongdham-kiosk')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        subparser = commands.add_parser(command.name, help=command.summary, description=command.summary)
        subparser.set_defaults(module=command.module)
        command.add_arguments(subparser)
    return parser


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=_port, default=8080, help="port to listen on; 0: any free port (default 8080)")
    parser.add_argument("--threads", type=int, default=8, help="requests handled at once by each worker (default 8)")
    parser.add_argument("--workers", type=int, default=1, help="number of processes; one per processor (default 1)")
    parser.add_argument("--no-worker", action="store_true", help="start no worker: `central worker` runs elsewhere")
    parser.add_argument(
        "--trusted-proxy",
        type=_ip_address,
        metavar="ADDRESS",
        help="trust X-Forwarded-For and X-Forwarded-Proto of this proxy",
    )


def _worker(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--processes", type=int, default=1, help="tasks run at once (default 1)")
    parser.add_argument("--queues", default="*", help="names of queues, separated by commas (default: all)")
    parser.add_argument("--end-with", type=int, metavar="PID", help="end when this process, which started it, ends")


def _jobs(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="one line per recurring job: timing, last completion, state")
    actions.add_parser("workers", help="one line per living worker")
    actions.add_parser("failed", help="one line per task whose every attempt has failed")
    retry = actions.add_parser("retry", help="queue a failed task again")
    retry.add_argument("id", help="the id of the task, or all")
    run = actions.add_parser("run", help="run a recurring job now, in this process")
    run.add_argument("name", help="name of the job, as in `central jobs list`")


def _backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", help="a new file, or a directory for a file with the date in its name")
    parser.add_argument("--no-keys", action="store_true", help="leave the keys out: they are kept elsewhere")
    parser.add_argument("--keep", type=_count, metavar="N", help="delete all but the newest N backups of the directory")


def _restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("archive", help="a file that `central backup` has written")
    parser.add_argument("--keys", metavar="FILE", help="the file of its keys (default: beside the archive)")


def _create_centre(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slug", help="short name in Latin letters, such as khonkaen")
    parser.add_argument("--area", default="", help="DOPA code: 2 digits a province, 4 a district, none the ministry")
    parser.add_argument("--parent", metavar="SLUG", help="the centre above")
    parser.add_argument("--name-th", help="default: from the area")
    parser.add_argument("--name-en", help="default: from the area")
    parser.add_argument("--public-url", default="", help="its own tracking URL, if not that of the installation")


def _edit_centre(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slug", help="the centre's short name")
    parser.add_argument("--rename", metavar="SLUG", help="a new short name; the centres below stay below it")
    parser.add_argument("--area", help="DOPA code: 2 digits a province, 4 a district, '' the ministry")
    parser.add_argument("--parent", metavar="SLUG", help="move it below this centre; '': to the top")
    parser.add_argument("--name-th", help="its Thai name")
    parser.add_argument("--name-en", help="its English name")
    parser.add_argument("--public-url", help="its own tracking URL; '': that of the installation")
    active = parser.add_mutually_exclusive_group()
    active.add_argument("--deactivate", dest="active", action="store_false", default=None, help="no new cases")
    active.add_argument("--activate", dest="active", action="store_true", default=None, help="new cases again")


def _centres(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="one line per centre: path, area, state, name")
    export = actions.add_parser("export", help="write all centres as CSV")
    export.add_argument("file", nargs="?", help="the file (default: standard output)")
    import_action = actions.add_parser("import", help="create and change centres from a CSV file, whole or not at all")
    import_action.add_argument("file", help="the file; its first row names the columns, see `centres export`")
    generate = actions.add_parser("generate", help="create the missing centres by their official codes")
    which = generate.add_mutually_exclusive_group(required=True)
    which.add_argument("--province", metavar="CODE", help="one province and its districts; Khon Kaen is 40")
    which.add_argument("--all", action="store_true", help="the ministry, 76 provinces and 878 districts")
    for action in (import_action, generate):
        action.add_argument("--dry-run", action="store_true", help="show what would be done")


def _create_officer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="name to sign in with")
    parser.add_argument("--centre", required=True, metavar="SLUG", help="the centre; centres below are included")
    parser.add_argument(
        "--role",
        action="append",
        default=[],
        metavar="ROLE",
        help="repeatable; `central roles` (default: case_officer)",
    )
    _withheld(parser)
    _password(parser)


def _set_roles(parser: argparse.ArgumentParser) -> None:
    _officer(parser)
    parser.add_argument("--centre", required=True, metavar="SLUG", help="the centre; roles elsewhere are not changed")
    parser.add_argument("--role", action="append", default=[], metavar="ROLE", help="repeatable; none takes all away")
    _withheld(parser)


def _withheld(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-personal-data", action="store_true", help="may not read names, contacts and citizen ids")
    parser.add_argument("--no-fleet", action="store_true", help="may not approve or revoke kiosks")


def _officer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="name the officer logs in with")


def _reset_officer(parser: argparse.ArgumentParser) -> None:
    _officer(parser)
    _password(parser)


def _password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def _account_events(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", help="of one officer only")
    parser.add_argument("--limit", type=int, default=200, help="maximum number of lines (default 200)")


def _approve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="the code the kiosk shows, XXXX-XXXX")
    parser.add_argument("--as", required=True, dest="officer", metavar="NAME", help="the officer who decides")
    parser.add_argument("--centre", metavar="SLUG", help="the kiosk's centre (default: the officer's)")


def _unlock_permit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kiosks", nargs="*", metavar="KIOSK", help="ids of kiosks, such as KKN07")
    parser.add_argument("--as", required=True, dest="officer", metavar="NAME", help="the officer who issues it")
    parser.add_argument("--reason", default="", help="what the technician will do there")
    parser.add_argument("--minutes", type=int, default=30, help="how long the lock stays open each time (default: 30)")
    parser.add_argument("--days", type=int, default=1, help="for how many days it is valid (default: 1)")
    parser.add_argument("--out", metavar="FILE", help="file to write (default: damrongdham-unlock.permit here)")
    parser.add_argument("--list", action="store_true", help="list what was issued, newest first")


def _setup_stick(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "table", metavar="FILE.csv", help="one line a kiosk: its machine's serial number and its answers"
    )
    parser.add_argument("--as", required=True, dest="officer", metavar="NAME", help="the officer who issues it")
    parser.add_argument("--days", type=int, default=30, help="for how many days it is valid (default: 30)")
    parser.add_argument("--out", metavar="FILE", help="file to write (default: damrongdham-setup.signed here)")


def _offline_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", help="the directory that was carried here")


def _support_bundle(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="what `kiosk support-bundle DIR` has written")
    parser.add_argument("--output", metavar="FILE", help="the archive to write (default: FILE.tar.gz beside it)")


def _keys(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="one line per key, with the number of kiosks that use it")
    rotate = actions.add_parser("rotate", help="create a new key in place of the current one")
    rotate.add_argument("kind", choices=["sealing", "receipt"])
    retire = actions.add_parser("retire", help="retire a key that no kiosk uses any more")
    retire.add_argument("fingerprint")


def _quarantine(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="one line per delivery")
    open_action = actions.add_parser("open", help="try again to open deliveries")
    open_action.add_argument("id", help="the submission id, the case number, or all")


def _import_cases(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="one line per import: centre, state, number of rows")
    check = actions.add_parser("check", help="try every row of a file; imports nothing")
    run = actions.add_parser("run", help="import the rows of a file that have no errors")
    for action in (check, run):
        action.add_argument("file", help="Excel (.xlsx) or CSV")
        action.add_argument("--centre", required=True, metavar="SLUG", help="the centre that brings the cases")
        action.add_argument(
            "--column", action="append", default=[], metavar="NAME=HEADING", help="what a column is, if not as guessed"
        )
        action.add_argument(
            "--status",
            action="append",
            default=[],
            metavar="WORD=STATUS",
            help="meaning of a word of the status column",
        )
    go_on = actions.add_parser("continue", help="go on with an import that was interrupted")
    go_on.add_argument("id", type=_count, help="as in `central import-cases list`")


def _documents(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="number of documents by state, and the models that read them")
    actions.add_parser(
        "recognise-again",
        help="read what another model has read, what was given up, and files that were never read",
    )


def _reindex(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by-worker", action="store_true", help="mark every case and let the worker index them")


def _topics(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("train", help="train on the closed cases, and say how good the model is")
    actions.add_parser("show", help="say how good the present model is")


def _holidays(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    list_action = actions.add_parser("list", help="one line per holiday of a year")
    list_action.add_argument("--year", type=_calendar_year, help="common era, such as 2027 (default: this year)")
    add = actions.add_parser("add", help="declare a working day a holiday")
    add.add_argument("day", type=_day, help="YYYY-MM-DD, common era")
    add.add_argument("--name-th", required=True, help="its name in Thai")
    add.add_argument("--name-en", required=True, help="its name in English")
    cancel = actions.add_parser("cancel", help="make a holiday a working day")
    cancel.add_argument("day", type=_day, help="YYYY-MM-DD, common era")


def _law_periods(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="one line per topic or sub-topic")
    set_action = actions.add_parser("set", help="set or replace the period of a topic or sub-topic")
    remove = actions.add_parser("remove", help="remove the period of a topic or sub-topic")
    for action in (set_action, remove):
        action.add_argument("topic", help="the code of the topic, such as consumer")
        action.add_argument("--subtopic", default="", help="only for this sub-topic")
    set_action.add_argument("days", type=int, help="working days")
    set_action.add_argument("--law-th", required=True, help="the law and its section, in Thai")
    set_action.add_argument("--law-en", required=True, help="the law and its section, in English")


def _boundaries(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="one line per province: how many boundaries of which level")
    import_action = actions.add_parser("import", help="import or replace the boundaries of a GeoJSON file")
    import_action.add_argument("file", help="GeoJSON with a polygon and a DOPA code for each area")
    import_action.add_argument("--attribution", default="", help="whose work it is; printed below each map")
    import_action.add_argument("--code", default="", metavar="PROPERTY", help="the property that has the DOPA code")
    remove = actions.add_parser("remove", help="remove the boundaries of an area and of those in it")
    remove.add_argument("area", help="a DOPA code of 2, 4 or 6 digits")


def _open_data(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    on = actions.add_parser("on", help="publish a file of each month at /open-data, from the next month on")
    on.add_argument("--licence", default="", help="the name of the licence (default: CC BY 4.0)")
    on.add_argument("--licence-url", default="", help="its address")
    actions.add_parser("off", help="make no more files and show none; those that are made stay stored")
    make = actions.add_parser("make", help="make the file of a month that has ended; each is made once")
    make.add_argument("month", help="such as 2026-11")
    actions.add_parser("list", help="one line per file: month, rows, day on which it was made, licence")


def _notice_routes(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="one line per channel: centre, channel, state, id of the address for its posts")
    set_action = actions.add_parser("set", help="set up a channel; prints the id of the address for its posts")
    hours = actions.add_parser("hours", help="set the quiet hours of a centre")
    for action in (set_action, hours):
        action.add_argument("slug", help="the centre's short name; centres below it use its channels and hours too")
    set_action.add_argument("channel", choices=["sms", "line", "email", "web_push"])
    set_action.add_argument("--url", default="", help="address of the gateway; of LINE only for a simulated one")
    set_action.add_argument("--sender", default="", help="name, mail address, or LINE ID of the account")
    set_action.add_argument("--price-satang", type=int, default=0, help="price of one part (default 0)")
    set_action.add_argument(
        "--secrets-stdin",
        action="store_true",
        help="read the key of the gateway, and on a second line the secret of its posts, from standard input",
    )
    hours.add_argument("--quiet-from", type=_time_of_day, required=True, help="HH:MM in Thailand")
    hours.add_argument("--quiet-until", type=_time_of_day, required=True, help="HH:MM; equal times: no quiet hours")
    hours.add_argument("--gather-minutes", type=_minutes, default=10, help="minutes whose news is one notice")


def _mailbox(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="one line per mailbox: centre, user, server, state")
    set_action = actions.add_parser("set", help="set up a mailbox; reads its password from standard input")
    off = actions.add_parser("off", help="stop reading the mailbox of a centre")
    for action in (set_action, off):
        action.add_argument("slug", help="the centre's short name")
    set_action.add_argument("host", help="IMAP server")
    set_action.add_argument("user")
    set_action.add_argument("--port", type=_port, default=993, help="default 993")
    set_action.add_argument("--folder", default="INBOX", help="default INBOX")
    set_action.add_argument("--no-tls", action="store_true", help="only for a server on this machine")


def _agencies(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    import_action = actions.add_parser("import", help="add and change the agencies of a CSV file")
    import_action.add_argument("file", help="the CSV file")
    import_action.add_argument("--dry-run", action="store_true", help="only show what would change")
    export = actions.add_parser("export", help="write the agencies as CSV to standard output")
    export.add_argument("--language", choices=["th", "en"], default="th", help="of the headings (default th)")
    install = actions.add_parser("install-rules", help="add a delivered set of routing rules")
    install.add_argument("set", choices=["police"], help="the set")
    for action in (import_action, export, install):
        action.add_argument("--centre", required=True, metavar="SLUG", help="the centre whose register it is")


def _verify_history(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--roots", action="store_true", help="also print the root of each day, to compare with a copy")


def _demo_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cases", type=int, default=2000, help="number of cases (default 2000)")
    parser.add_argument("--seed", type=int, default=1, help="another number gives another province (default 1)")
    parser.add_argument("--password-stdin", action="store_true", help="read the officers' password from standard input")


COMMANDS = (
    Command("migrate", "migrate", "Create or update the database and the keys."),
    Command("serve", "serve", "Serve kiosks, citizens and officers.", _serve),
    Command("worker", "worker", "Run background tasks and recurring jobs.", _worker),
    Command("jobs", "background_jobs", "Show and repeat background jobs and tasks.", _jobs),
    Command("backup", "backup", "Write database and pictures into one file, and the keys into another.", _backup),
    Command("restore", "backup", "Fill an empty installation from a backup.", _restore),
    Command("create-centre", "create_centre", "Add a centre to the tree.", _create_centre),
    Command("edit-centre", "create_centre", "Change, move, rename or deactivate a centre.", _edit_centre),
    Command("centres", "centres", "List, import, export and generate centres.", _centres),
    Command("create-officer", "create_officer", "Create an account for the desk.", _create_officer),
    Command("suspend-officer", "officer_accounts", "Suspend an account; its sessions end at once.", _officer),
    Command("activate-officer", "officer_accounts", "Let a suspended officer sign in again.", _officer),
    Command(
        "reset-officer",
        "officer_accounts",
        "Set a new password for an account; its sessions end at once.",
        _reset_officer,
    ),
    Command("end-officer", "officer_accounts", "End an account for good; it stays in the history of cases.", _officer),
    Command(
        "invite-officer",
        "officer_accounts",
        "Print a one-time link with which the officer sets password and second factor again.",
        _officer,
    ),
    Command("set-roles", "set_roles", "Set the roles of an officer at a centre.", _set_roles),
    Command("roles", "roles", "Print roles, what each may do, and who gives it."),
    Command(
        "account-events", "account_events", "List sign-ins, failures and suspensions, newest first.", _account_events
    ),
    Command("approve", "approve", "Approve the kiosk that shows this compare code.", _approve),
    Command("support-bundle", "support_bundle", "Open the support bundle of a kiosk.", _support_bundle),
    Command("unlock-permit", "unlock_permit", "Issue a permit that opens kiosks' USB ports.", _unlock_permit),
    Command("setup-stick", "setup_stick", "Sign the settings of many kiosks for a stick.", _setup_stick),
    Command("import", "offline_import", "Import what `kiosk outbox export DIR` has written.", _offline_import),
    Command("import-cases", "import_cases", "Try and import the cases of an earlier system.", _import_cases),
    Command("keys", "keys", "List, rotate and retire the keys for sealing and receipts.", _keys),
    Command("holidays", "holidays", "List, declare and cancel holidays.", _holidays),
    Command("law-periods", "law_periods", "List, set and remove periods set by a law.", _law_periods),
    Command("boundaries", "boundaries", "Import the boundaries that maps are drawn with.", _boundaries),
    Command("open-data", "open_data", "Publish a file of cases each month, without small counts.", _open_data),
    Command("mailbox", "mailbox", "List and set up the mailboxes in which citizens complain.", _mailbox),
    Command("virus-scanner", "virus_scanner", "Say whether the virus scanner answers and finds the test file."),
    Command("notice-routes", "notice_routes", "List and set up SMS, LINE and other channels.", _notice_routes),
    Command("agencies", "agencies", "Import and export agencies, install routing rules.", _agencies),
    Command("demo-data", "demo_data", "Fill an empty installation with an invented province.", _demo_data),
    Command("verify-history", "verify_history", "Check that no event of any case was changed.", _verify_history),
    Command("documents", "documents", "Show the recognition of letters and attached files, and repeat it.", _documents),
    Command("reindex", "reindex", "Index the words of every case again, while the search goes on.", _reindex),
    Command("topics", "topics", "Train the suggestion of topics on the closed cases.", _topics),
    Command("quarantine", "quarantine", "List or open deliveries that could not become a case.", _quarantine),
)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day, such as 2027-05-03") from None


def _time_of_day(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a time, such as 20:00") from None


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 240):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of minutes from 0 to 240")
    return int(text)


def _calendar_year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 2000 <= int(text) <= 2150):
        raise argparse.ArgumentTypeError(f"'{text}' is not a year from 2000 to 2150")
    return int(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):  # the resolver accepts 65616 as 80
        raise argparse.ArgumentTypeError(f"'{text}' is not a port; give 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10_000):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1 to 9999")
    return int(text)


def _ip_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not an IP address, such as 127.0.0.1") from None
