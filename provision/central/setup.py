"""`central setup`: makes a working installation of the package damrongdham-central, or changes its settings.

It asks what it needs to know; every answer can be an option or a line of `--answers FILE` (TOML), and with
`--non-interactive` nothing is asked. The password of the first administrator is typed, or read from standard input.
It can be run again at any time: accounts, centres, keys and data stay, and settings that it does not know are kept.
Exit status: 0 when the service is ready, 2 for a wrong answer or a step that failed.
"""

import argparse
import getpass
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from provision.central import mail_test, nginx_site
from provision.central.setup_answers import AnswerError, add_options, collect, read_answers_file

ENVIRONMENT = Path("/etc/damrongdham-central.env")
COMMAND = "/usr/bin/central"
DATABASE, USER = "damrongdham", "damrongdham"
LOCAL_DATABASE_URL = "postgres:///damrongdham?host=/run/postgresql"
READY_URL = "http://127.0.0.1:8080/readyz"
READY_TIMEOUT_S = 90.0
UNITS = (
    "damrongdham-central.socket",
    "damrongdham-central.service",
    "damrongdham-central-worker.service",
    "damrongdham-central-backup.timer",
)


class SetupError(Exception):
    """A step failed; the message is one sentence for people."""


def merge_environment(text: str, changes: Mapping[str, str | None]) -> str:
    """The settings file with these values: changed in place, added at the end, removed for None. Other lines stay."""
    left = dict(changes)
    lines = []
    for line in text.splitlines():
        name = line.partition("=")[0].strip()
        if name not in left:
            lines.append(line)
        elif (value := left.pop(name)) is not None:
            lines.append(f"{name}={value}")
    lines += [f"{name}={value}" for name, value in left.items() if value is not None]
    return "\n".join(lines) + "\n"


def settings_of(answers: Mapping[str, str]) -> dict[str, str | None]:
    """The settings that follow from the answers."""
    database = {"local": LOCAL_DATABASE_URL, "sqlite": None}
    return {
        "CENTRAL_URL": f"https://{answers['host']}",
        "DATABASE_URL": database.get(answers["database"], answers["database"]),
        "CENTRAL_SMTP": answers["mail"],
        "CENTRAL_ALERT_TO": answers.get("alert_to") or None,
        "CENTRAL_METRICS_FROM": "127.0.0.1",
    }


def write_environment(answers: Mapping[str, str], file: Path = ENVIRONMENT) -> None:
    """Write the settings file, 0600, because it may hold passwords."""
    before = file.read_text("utf-8") if file.exists() else ""
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as target:
        target.write(merge_environment(before, settings_of(answers)))
    unfinished.replace(file)


def make_local_database() -> None:
    """Create role and database in the PostgreSQL of this machine, unless they exist."""
    _run("systemctl", "start", "postgresql", failure="PostgreSQL does not start; install postgresql, or choose another")
    psql = ("runuser", "-u", "postgres", "--", "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align")
    until = time.monotonic() + READY_TIMEOUT_S
    while subprocess.run([*psql, "--command", "select 1"], capture_output=True, check=False).returncode:
        if time.monotonic() > until:
            raise SetupError("PostgreSQL on this machine does not answer")
        time.sleep(0.5)
    if USER not in _run(*psql, "--command", "select rolname from pg_roles").splitlines():
        _run("runuser", "-u", "postgres", "--", "createuser", USER)
    if DATABASE not in _run(*psql, "--command", "select datname from pg_database").splitlines():
        creation = ("createdb", f"--owner={USER}", "--encoding=UTF8", "--template=template0", DATABASE)
        _run("runuser", "-u", "postgres", "--", *creation)


def create_first_accounts(answers: Mapping[str, str], password: str) -> None:
    """Create centre and administrator, unless they exist."""
    if not is_centre_listed(answers["centre"], _run(COMMAND, "centres", "list")):
        area = () if answers["area"] == "ministry" else ("--area", answers["area"])
        _run(COMMAND, "create-centre", answers["centre"], *area)
    if password:
        options = ("--centre", answers["centre"], "--role", "administrator", "--password-stdin")
        _run(COMMAND, "create-officer", answers["administrator"], *options, typed=f"{password}\n")


def is_centre_listed(slug: str, listing: str) -> bool:
    """Whether `central centres list` has this centre. Each line begins with the slugs of its path: /isan/khonkaen/."""
    return re.search(rf"(?m)^/(?:\S+/)?{re.escape(slug)}/\s", listing) is not None


def has_accounts() -> bool:
    """Whether there is an administrator already. Works before the first set-up, too."""
    return ENVIRONMENT.exists() and bool(_try(COMMAND, "account-events").strip())


def wait_until_ready() -> None:
    """Wait until the service answers that it is ready. Raises SetupError with what is missing."""
    until = time.monotonic() + READY_TIMEOUT_S
    while True:
        try:
            with urllib.request.urlopen(READY_URL, timeout=20):
                return
        except urllib.error.HTTPError as error:
            reason = error.read().decode(errors="replace")[:300]
        except OSError as error:
            reason = str(error)
        if time.monotonic() > until:
            raise SetupError(f"the service is not ready: {reason} (journalctl -u damrongdham-central)")
        time.sleep(1)


def set_up(answers: Mapping[str, str], password: str) -> None:
    """Every step, in order. Steps that a wrong answer can fail run before steps that change the machine."""
    if answers["mail"] != "none":
        _step("Mail: a test message to " + answers["alert_to"])
        try:
            mail_test.send(answers["mail"], answers["host"], answers["alert_to"])
        except OSError as error:
            raise SetupError(
                f"the mail server does not take a message: {error}. Correct --mail, or choose none"
            ) from error
    if answers["database"] == "local":
        _step("Database: PostgreSQL on this machine")
        make_local_database()
    _step(f"Settings: {ENVIRONMENT}")
    write_environment(answers)
    _step("Database: tables and keys")
    _run(COMMAND, "migrate")
    _step(f"First accounts: {answers['centre']}, {answers['administrator']}")
    create_first_accounts(answers, password)
    if answers["tls"] != "none":
        _step("nginx: " + answers["host"])
        try:
            nginx_site.install(answers)
        except (OSError, subprocess.CalledProcessError) as error:
            raise SetupError(f"nginx: {nginx_site.reason_of(error)}") from error
    _step("Units: web, worker, backup each night")
    _run("systemctl", "enable", *UNITS)
    _run("systemctl", "restart", *UNITS)
    wait_until_ready()


def _step(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _try(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _run(*command: str, typed: str | None = None, failure: str = "") -> str:
    source = {"input": typed} if typed is not None else {"stdin": subprocess.DEVNULL}
    result = subprocess.run(command, capture_output=True, text=True, check=False, **source)
    if result.returncode:
        output = (result.stderr or result.stdout).strip().splitlines()
        reason = failure or f"{' '.join(command[:5])}: {output[-1] if output else f'status {result.returncode}'}"
        raise SetupError(reason)
    return str(result.stdout).strip()


def _prompt(text: str, default: str | None) -> str:
    return input(f"{text}{f' [{default}]' if default else ''}: ").strip()


def _read_password(*, from_stdin: bool, is_interactive: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not is_interactive:
        raise AnswerError("the administrator needs a password: give it by --password-stdin")
    while True:
        password = getpass.getpass("Password of the administrator (12 characters or more): ")
        if password == getpass.getpass("Once more: "):
            return password
        print("The two passwords differ.", file=sys.stderr)


def main(arguments: list[str]) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="central setup", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--answers", type=Path, metavar="FILE", help="a file with answers")
    parser.add_argument("--non-interactive", action="store_true", help="ask nothing")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    add_options(parser)
    options = parser.parse_args(arguments)
    is_interactive = sys.stdin.isatty() and not options.non_interactive
    try:
        if os.geteuid() != 0:
            raise SetupError("run it as root: sudo central setup")
        known = read_answers_file(options.answers) if options.answers else {}
        known |= {name: value for name, value in vars(options).items() if isinstance(value, str)}
        answers = collect(known, _prompt if is_interactive else None)
        password = ""
        if options.password_stdin or not has_accounts():
            password = _read_password(from_stdin=options.password_stdin, is_interactive=is_interactive)
        set_up(answers, password)
    except (AnswerError, SetupError) as error:
        print(f"central setup: {error}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, EOFError):
        print("\ncentral setup: stopped. Run it again to go on.", file=sys.stderr)
        return 130
    address = f"https://{answers['host']}/desk/"
    print(f"The service is ready. {answers['administrator']} signs in at {address}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
