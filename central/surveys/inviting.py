"""Invites citizens by a notice: those who agreed to notices, once a person and year."""

from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from central.cases.models import Case
from central.identity_crypto import person_hash
from central.notices.codes import News
from central.notices.models import NoticeConsent
from central.notices.outbox import add_news
from central.surveys.models import InvitationCount, InvitedPerson, Survey, SurveyParticipation
from central.surveys.offering import OfferedSurvey, offered_survey
from thai.dates import day_in_thailand, fiscal_year

# The result is known, and still remembered.
_AFTER, _BEFORE = timedelta(days=3), timedelta(days=30)
_BATCH = 500  # of a day and installation at a time; the job continues the next hour


def invite_to_surveys(now: datetime) -> None:
    """Put an invitation into the outbox for each case that was closed 3 to 30 days ago and whose citizen agreed to
    notices, unless the person was invited this year or has answered."""
    running = Survey.objects.filter(opened_at__isnull=False, closed_at=None)
    areas = set(running.values_list("centre__area_code", flat=True))
    if not areas:
        return
    # Cases of other areas are never marked: the oldest of them would fill each batch.
    surveyed = reduce(or_, (Q(centre__area_code__startswith=area) for area in areas))
    agreed = NoticeConsent.objects.filter(case=OuterRef("pk"), withdrawn_at=None)
    seen = SurveyParticipation.objects.filter(case=OuterRef("pk"))
    cases = Case.objects.filter(surveyed, Exists(agreed), ~Exists(seen), erased_at=None)
    closed = cases.filter(closed_at__range=(now - _BEFORE, now - _AFTER)).select_related("centre").order_by("closed_at")
    for case in closed[:_BATCH]:
        offered = offered_survey(case.centre.area_code)
        if offered is not None:
            _invite(case.pk, offered, now)


def delete_old_participation(now: datetime) -> None:
    """Delete who was invited and who has answered in fiscal years that have ended. The figures stay."""
    year = fiscal_year(day_in_thailand(now))
    InvitedPerson.objects.filter(year__lt=year).delete()
    SurveyParticipation.objects.filter(year__lt=year).delete()


@transaction.atomic
def _invite(case_id: int, survey: OfferedSurvey, now: datetime) -> None:
    case = Case.objects.select_for_update(of=("self",)).select_related("centre").get(pk=case_id)
    if case.closed_at is None:
        return
    addresses = case.notice_consents.filter(withdrawn_at=None).values_list("address", flat=True)
    hashes = {person_hash(address) for address in addresses if address}
    known = InvitedPerson.objects.filter(year=survey.year, person_hash__in=hashes).exists()
    _, is_new = SurveyParticipation.objects.get_or_create(
        case=case, year=survey.year, defaults={"is_invited": not known}
    )
    if known or not is_new or not add_news(case, [News.SURVEY], now):
        return
    InvitedPerson.objects.bulk_create(
        [InvitedPerson(year=survey.year, person_hash=each) for each in hashes], ignore_conflicts=True
    )
    month = day_in_thailand(now).replace(day=1)
    row, _ = InvitationCount.objects.get_or_create(survey_id=survey.pk, centre=case.centre, month=month)
    InvitationCount.objects.filter(pk=row.pk).update(count=F("count") + 1)
