"""`central documents`: how far letters and attached files are read, and reading them again with another model."""

import argparse
import sys
from collections.abc import Iterator
from typing import TypeVar

from django.db.models import Count, Model, QuerySet

from central.commands import CommandError, print_message
from central.documents import commands
from central.documents.models import Document
from central.documents.states import DocumentState
from ocr.models import find_missing_ocr, find_model_version

_BATCH = 500
Row = TypeVar("Row", bound=Model)


def run(arguments: argparse.Namespace) -> None:
    {"list": _list, "recognise-again": _recognise_again}[arguments.action]()


def _list() -> None:
    counts = dict(Document.objects.order_by().values_list("state").annotate(count=Count("pk")))
    for state in DocumentState:
        sys.stdout.write(f"{state}\t{counts.get(state.value, 0)}\n")
    models = Document.objects.exclude(model="").order_by("model").values_list("model").annotate(count=Count("pk"))
    for model, count in models:
        current = "\tin use" if model == find_model_version() else ""
        sys.stdout.write(f"{model}\t{count}{current}\n")


def _recognise_again() -> None:
    if (missing := find_missing_ocr()) is not None:
        raise CommandError(missing.rstrip("."))
    again = new = 0
    for document in _in_batches(commands.documents_to_repeat(find_model_version() or "")):
        commands.read_again(document)
        again += 1
    for letter_page in _in_batches(commands.never_read_pages()):
        commands.read_letter_page(letter_page, is_backlog=True)
        new += 1
    for attachment in _in_batches(commands.never_read_attachments()):
        commands.read_attachment(attachment, is_backlog=True)
        new += 1
    print_message(f"{again} documents are queued again, {new} files for the first time")


def _in_batches(rows: QuerySet[Row]) -> Iterator[Row]:
    """The rows, ordered by key, read in batches: each row is changed while the next ones are still to come."""
    last_pk = 0
    while batch := list(rows.filter(pk__gt=last_pk)[:_BATCH]):
        yield from batch
        last_pk = batch[-1].pk
