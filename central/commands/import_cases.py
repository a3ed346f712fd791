"""`central import-cases`: tries and imports a file of earlier cases, as the page `/desk/imports` does."""

import argparse
import sys
from pathlib import Path

from central.centres.models import Centre
from central.commands import CommandError, print_message
from central.earlier_cases import batches
from central.earlier_cases.columns import COLUMNS, Column
from central.earlier_cases.file_reading import read_file
from central.earlier_cases.importing import import_now
from central.earlier_cases.models import ImportBatch, RowState
from central.earlier_cases.refusals import ImportRefusedError
from central.earlier_cases.statuses import CHOICES
from central.earlier_cases.table_file import MAX_FILE_BYTES


def run(arguments: argparse.Namespace) -> None:
    try:
        {"check": _check, "run": _run, "continue": _continue, "list": _list}[arguments.action](arguments)
    except ImportRefusedError as refused:
        raise CommandError(str(refused)) from refused


def _list(arguments: argparse.Namespace) -> None:
    for batch in ImportBatch.objects.select_related("centre"):
        counts = batches.count_rows(batch)
        numbers = "\t".join(f"{counts[state]} {state.value}" for state in RowState)
        sys.stdout.write(f"{batch.pk}\t{batch.centre.slug}\t{batch.state}\t{numbers}\n")


def _check(arguments: argparse.Namespace) -> None:
    batch = _checked(arguments)
    _report(batch)
    batches.delete_batch(None, batch)


def _run(arguments: argparse.Namespace) -> None:
    batch = _checked(arguments)
    _import(batch)


def _continue(arguments: argparse.Namespace) -> None:
    batch = ImportBatch.objects.select_related("centre").filter(pk=min(arguments.id, 2**31 - 1)).first()
    if batch is None:
        raise CommandError(f"there is no import {arguments.id}; see `central import-cases list`")
    _import(batch)


def _import(batch: ImportBatch) -> None:
    """Import in this process. A worker that takes the queued task helps: each row is imported once."""
    print_message(f"Import {batch.pk}. Interrupted, it goes on with: central import-cases continue {batch.pk}")
    batches.start_import(None, batch)
    import_now(batch.pk)
    _report(batch)


def _checked(arguments: argparse.Namespace) -> ImportBatch:
    """The file with every row tried. Raises CommandError, ImportRefusedError."""
    centre = Centre.objects.filter(slug=arguments.centre).first()
    if centre is None:
        raise CommandError(f"there is no centre {arguments.centre}; see `central centres list`")
    path = Path(arguments.file)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    batch = batches.store_file(None, centre, path.name, content, read_file(content))
    try:
        columns = {Column(name): index for name, index in batch.columns.items()} | _columns(batch, arguments.column)
        statuses = batch.statuses | _statuses(arguments.status)
        checked = batches.check_rows(None, batch, columns, statuses)
    except (CommandError, ImportRefusedError):
        batches.delete_batch(None, batch)
        raise
    for column, index in sorted(columns.items(), key=lambda each: each[1]):
        print_message(f"{COLUMNS[column].name.en}: {batch.headings[index]}")
    for word, code in checked.statuses.items():
        print_message(f"{word} = {code}")
    return checked


def _columns(batch: ImportBatch, assignments: list[str]) -> dict[Column, int]:
    """The columns of '--column text=HEADING'."""
    columns = {}
    for assignment in assignments:
        name, _, heading = assignment.partition("=")
        if name not in set(Column) or heading not in batch.headings:
            known = ", ".join(Column)
            raise CommandError(f"--column {name}={heading}: give one of {known}, and a heading of the file")
        columns[Column(name)] = batch.headings.index(heading)
    return columns


def _statuses(assignments: list[str]) -> dict[str, str]:
    """The statuses of '--status WORD=closed:resolved'."""
    statuses = {}
    for assignment in assignments:
        word, _, code = assignment.rpartition("=")
        if code not in CHOICES:
            raise CommandError(f"--status {assignment}: give a word of the file and one of {', '.join(CHOICES)}")
        statuses[word] = code
    return statuses


def _report(batch: ImportBatch) -> None:
    """The errors by row on standard output, without any text of the file, and the counts."""
    for row, column, sentence in batches.error_rows(batch, "en"):
        sys.stdout.write(f"row {row}\t{column}\t{sentence}\n")
    counts = batches.count_rows(batch)
    print_message(", ".join(f"{counts[state]} {state.value}" for state in RowState))
