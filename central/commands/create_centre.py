"""`central create-centre`: adds a centre to the tree."""

import argparse

from django.core.exceptions import ValidationError

from central.centres.models import Centre
from central.commands import CommandError, print_message
from central.commands.lookups import find_centre
from thai import places


def run(arguments: argparse.Namespace) -> None:
    parent = find_centre(arguments.parent) if arguments.parent else None
    name_th, name_en = _default_names(arguments.area)
    alike = Centre.objects.filter(slug__iexact=arguments.slug).first()
    if alike is not None:
        raise CommandError(f"there is a centre {alike.slug} already")
    centre = Centre(
        parent=parent,
        slug=arguments.slug,
        area_code=arguments.area,
        name_th=arguments.name_th or name_th,
        name_en=arguments.name_en or name_en,
        public_url=arguments.public_url.rstrip("/"),
    )
    try:
        centre.full_clean(exclude=["path"])
    except ValidationError as error:
        raise CommandError(
            "; ".join(f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items())
        ) from error
    centre.save()
    print_message(f"Centre {centre.slug}: {centre.name_th}, {centre.name_en}")


def _default_names(area: str) -> tuple[str, str]:
    """Thai and English name of the centre of an area. Raises CommandError for an unknown area."""
    if not area:
        return "ศูนย์ดำรงธรรมกระทรวงมหาดไทย", "Damrongdham Centre, Ministry of Interior"
    place = places.place(area)
    if place is None or len(area) > 4:
        raise CommandError(f"{area} is not a province or district; Khon Kaen is 40, its capital district 4001")
    kind = "จังหวัด" if len(area) == 2 else "อำเภอ"
    return f"ศูนย์ดำรงธรรม{kind}{place.th}", f"Damrongdham Centre, {place.en}"
