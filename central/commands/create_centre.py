"""`central create-centre` and `central edit-centre`: a centre of the tree."""

import argparse
from dataclasses import replace

from central.centres import commands
from central.centres.models import Centre
from central.centres.names import default_name
from central.centres.values import CentreRow, find_value_errors
from central.commands import CommandError, print_message
from central.commands.lookups import find_centre


def run(arguments: argparse.Namespace) -> None:
    try:
        centre = _create(arguments) if arguments.command == "create-centre" else _edit(arguments)
    except commands.CentreRulesError as error:
        raise CommandError(
            "; ".join(f"{name}: {sentence.en}" if name else sentence.en for name, sentence in error.errors.items())
        ) from error
    state = "" if centre.is_active else ", not active"
    print_message(f"Centre {centre.slug}: {centre.name_th}, {centre.name_en}{state}")


def _create(arguments: argparse.Namespace) -> Centre:
    name = default_name(arguments.area)
    row = CentreRow(
        slug=arguments.slug,
        area_code=arguments.area,
        name_th=arguments.name_th or name.th,
        name_en=arguments.name_en or name.en,
        parent=arguments.parent or "",
        public_url=arguments.public_url.rstrip("/"),
    )
    if "area_code" in (errors := find_value_errors(row)):  # without the database, which may not exist yet
        raise commands.CentreRulesError({"area_code": errors["area_code"]})
    if row.parent:
        find_centre(row.parent)
    return commands.create_centre(row, by=None)


def _edit(arguments: argparse.Namespace) -> Centre:
    centre = find_centre(arguments.slug)
    options = {
        "slug": arguments.rename,
        "area_code": arguments.area,
        "name_th": arguments.name_th,
        "name_en": arguments.name_en,
        "parent": arguments.parent,
        "public_url": None if arguments.public_url is None else arguments.public_url.rstrip("/"),
        "is_active": arguments.active,
    }
    changes = {name: value for name, value in options.items() if value is not None}
    if not changes:
        raise CommandError("nothing to change was given; see `central edit-centre --help`")
    return commands.edit_centre(centre, replace(commands.row_of(centre), **changes), by=None)
