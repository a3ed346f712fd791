"""`central demo-data`: fills an empty installation with a believable province."""

import argparse
import secrets
import sys
from itertools import islice
from random import Random

from django.utils import timezone

from central.centres.commands import create_centre
from central.centres.importing import plan_country
from central.centres.models import Centre, Officer
from central.commands import CommandError, print_message
from central.demo_data.agencies import create_register
from central.demo_data.cases import DemoTown, create_cases
from central.demo_data.listening import create_listening
from central.demo_data.officers import create_staff
from central.demo_data.surveys import create_answered_survey
from central.demo_data.templates import create_templates
from central.insight.open_data import open_data_state
from central.knowledge.standard_articles import add_standard_articles
from central.notices.codes import NoticeChannel
from central.notices.route_settings import RouteValues, save_route
from central.people.roles import Role

_PROVINCE = "40"  # Khon Kaen
_DISTRICTS_WITH_CENTRE = 6  # cases of the other districts are worked on by the province
_CODES_SHOWN = 3
_SHOWN_OFFICERS = ("intake1", "officer1", "director", "chief", "governor", "operator", "admin", "auditor", "pea-head")


def run(arguments: argparse.Namespace) -> None:
    if Centre.objects.exists() or Officer.objects.exists():
        raise CommandError("this installation is in use; demo data are for an empty one (set CENTRAL_DATA)")
    random = Random(arguments.seed)  # noqa: S311
    password = sys.stdin.readline().strip() if arguments.password_stdin else secrets.token_urlsafe(12)
    rows = plan_country([_PROVINCE]).rows
    districts = [row.after for row in rows if len(row.after.area_code) == 4][:_DISTRICTS_WITH_CENTRE]
    above = [row.after for row in rows if len(row.after.area_code) < 4]
    for row in [*above, *districts]:
        create_centre(row, None)
    province = Centre.objects.get(area_code=_PROVINCE)
    centres = list(Centre.objects.filter(area_code__in=[row.area_code for row in districts]))
    agencies = create_register(province, random)
    staff = create_staff(province, centres, agencies, random, password)
    create_templates(province, staff.of(province, Role.DIRECTOR)[0])
    add_standard_articles(province, staff.of(province, Role.DIRECTOR)[0])
    save_route(province, NoticeChannel.EMAIL, RouteValues(is_active=True))
    state = open_data_state()
    state.is_on = True
    state.save()
    create_answered_survey(province, centres, staff.of(province, Role.DIRECTOR)[0], random, timezone.localdate())
    create_listening(province, staff.of(province, Role.DIRECTOR)[0], random, timezone.now())
    print_message(f"{len(centres) + 1} centres, {len(agencies)} agencies, {Officer.objects.count()} officers")
    town = DemoTown(province, staff, {agency.pk: agency for agency in agencies}, random, timezone.now())
    count = 0
    codes = []
    for case, code in create_cases(town, arguments.cases):
        count += 1
        codes.append((case.case_number, code))
        if count % 500 == 0:
            print_message(f"{count} cases")
    for number, code in islice(reversed(codes), _CODES_SHOWN):
        sys.stdout.write(f"{number}\t{code}\n")
    print_message(
        f"{count} cases. Officers: {', '.join(_SHOWN_OFFICERS)}, {centres[0].slug}-officer, {centres[0].slug}-chief … "
        f"(all: `admin` finds them under People). Password: {password}. CENTRAL_REQUIRE_SECOND_FACTOR=no lets them in "
        "without a second factor."
    )
