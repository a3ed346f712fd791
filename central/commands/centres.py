"""`central centres`: lists, imports, exports and generates centres."""

import argparse
import sys
from pathlib import Path

from central.centres import importing
from central.centres.importing import Effect, Plan, PlannedRow, PlanRefusedError
from central.centres.models import Centre
from central.commands import CommandError, print_message
from central.csv_files import MAX_FILE_BYTES, CsvFileError

_MAX_ERRORS_SHOWN = 20
_EFFECT_WORDS = {Effect.CREATE: "created", Effect.CHANGE: "changed", Effect.NOTHING: "unchanged"}


def run(arguments: argparse.Namespace) -> None:
    {"list": _list, "export": _export, "import": _import, "generate": _generate}[arguments.action](arguments)


def _list(arguments: argparse.Namespace) -> None:
    for centre in Centre.objects.all():
        columns = (centre.path, centre.area_code or "-", "active" if centre.is_active else "inactive", centre.name_th)
        sys.stdout.write("\t".join(columns) + "\n")


def _export(arguments: argparse.Namespace) -> None:
    content = importing.export_file()
    if arguments.file:
        Path(arguments.file).write_bytes(content)
    else:
        sys.stdout.write(content.decode("utf-8-sig"))


def _import(arguments: argparse.Namespace) -> None:
    content = _read(arguments.file)
    try:
        plan = importing.plan_file(content) if arguments.dry_run else importing.import_file(content, by=None)
    except CsvFileError as error:
        raise CommandError(f"{arguments.file}: {error}") from error
    except PlanRefusedError as error:
        plan = error.plan
    _report(plan, is_dry_run=arguments.dry_run)


def _generate(arguments: argparse.Namespace) -> None:
    provinces = [] if arguments.all else [arguments.province]
    if provinces and not importing.is_province_with_districts(provinces[0]):
        raise CommandError(f"{provinces[0]} is not one of the 76 provinces with district centres; Khon Kaen is 40")
    try:
        plan = importing.plan_country(provinces) if arguments.dry_run else importing.create_country(provinces)
    except PlanRefusedError as error:
        plan = error.plan
    _report(plan, is_dry_run=arguments.dry_run)


def _report(plan: Plan, *, is_dry_run: bool) -> None:
    """What was done, or would be. Raises CommandError for a plan with errors."""
    for row in plan.rows:
        if is_dry_run and not row.errors and row.effect is not Effect.NOTHING:
            sys.stdout.write(_line(row) + "\n")
    wrong = [row for row in plan.rows if row.errors]
    for row in wrong[:_MAX_ERRORS_SHOWN]:
        print_message(f"line {row.line}: {row.after.slug}: {'; '.join(sentence.en for sentence in row.errors)}")
    if wrong:
        raise CommandError(f"{len(wrong)} rows are wrong, so nothing was stored")
    numbers = [f"{plan.count(effect)} {word}" for effect, word in _EFFECT_WORDS.items()]
    print_message(f"{'Dry run: ' if is_dry_run else ''}{', '.join(numbers)}")


def _line(row: PlannedRow) -> str:
    columns = [row.effect.value, row.after.slug, row.after.area_code, row.after.parent, row.after.name_th]
    return "\t".join([*columns, ",".join(row.changed_fields)])


def _read(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}") from error
