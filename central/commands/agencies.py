"""`central agencies`: imports and exports the register of a centre, installs sets of routing rules."""

import argparse
import sys
from pathlib import Path

from central.agencies.csv_file import write_file
from central.agencies.csv_import import ImportPlan, RowError, plan_import, run_import
from central.agencies.details import details_of
from central.agencies.errors import RegisterError
from central.agencies.limits import MAX_IMPORT_BYTES
from central.agencies.register import confirmed_agencies, with_details
from central.agencies.rule_set_install import install_rules
from central.commands import CommandError, print_message
from central.commands.lookups import find_centre

MAX_ERRORS = 50  # on the terminal


def run(arguments: argparse.Namespace) -> None:
    centre = find_centre(arguments.centre)
    if arguments.action == "import":
        content = _read(arguments.file)
        plan = plan_import(content, centre) if arguments.dry_run else run_import(content, centre, None)
        _report(plan, dry_run=arguments.dry_run)
    elif arguments.action == "export":
        rows = with_details(confirmed_agencies(centre))
        sys.stdout.buffer.write(write_file(map(details_of, rows), arguments.language))
    else:
        try:
            installed = install_rules(arguments.set, centre, None)
        except RegisterError as error:
            raise CommandError(str(error)) from error
        print_message(f"{installed.name.en}: {len(installed.added)} added to {centre.slug}.")
        for advice in installed.advice:
            print_message(advice.en)


def _read(name: str) -> bytes:
    """The content of the file, one byte more than allowed at most; the import refuses that."""
    try:
        with Path(name).open("rb") as file:
            return file.read(MAX_IMPORT_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}") from error


def _report(plan: ImportPlan, *, dry_run: bool) -> None:
    for error in plan.errors[:MAX_ERRORS]:
        print_message(_error_line(error))
    if plan.errors:
        more = len(plan.errors) - MAX_ERRORS
        raise CommandError(f"nothing was imported{f'; {more} further errors' if more > 0 else ''}")
    counts = f"{len(plan.new)} new, {len(plan.changed)} changed, {plan.unchanged_count} unchanged"
    print_message(f"Would import: {counts}." if dry_run else f"Imported: {counts}.")


def _error_line(error: RowError) -> str:
    place = [f"row {error.row}"] if error.row else []
    place += [error.column.en] if error.column else []
    return ": ".join([", ".join(place), error.sentence.en] if place else [error.sentence.en])
