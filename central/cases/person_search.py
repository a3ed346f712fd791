"""Finds the cases of a person who asks about them at the desk or on the phone. Each search is recorded.

A case with a withheld name is not found by its person: that would say who complained. It is found by its number, and by
an officer to whom a second one has opened the name."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Q, QuerySet

from central.cases.errors import NotAllowedError
from central.cases.limits import MAX_REASON_CHARS
from central.cases.models import Case, Complainant, PersonalDataRead, PersonSearch
from central.cases.person_names import is_same_name, stored_spellings
from central.cases.reading import visible_cases
from central.cases.withheld_names import valid_grants
from central.centres.models import Officer
from central.identity_crypto import citizen_id_hash
from central.people.permission import permitted_centres
from central.people.roles import Action
from protocol import case_number
from protocol.bilingual_text import BilingualText
from protocol.choices import NameDisclosure
from thai import id_number, numerals, phone

MAX_FOUND = 20
REASONS_KEPT = timedelta(days=730)  # as long as an action against a wrong search is likely; a reason may name somebody


class SearchWay(StrEnum):
    """By what a case is searched."""

    NUMBER = "number"
    PHONE = "phone"
    CITIZEN_ID = "citizen_id"
    NAME = "name"


SEARCH_WAYS: Mapping[SearchWay, BilingualText] = {
    SearchWay.NUMBER: BilingualText("เลขเรื่อง", "Case number"),
    SearchWay.PHONE: BilingualText("เบอร์โทรศัพท์", "Phone number"),
    SearchWay.CITIZEN_ID: BilingualText("เลขประจำตัวประชาชน", "Citizen ID"),
    SearchWay.NAME: BilingualText("ชื่อและนามสกุล", "First and last name"),
}
_NO_REASON = BilingualText("โปรดบอกเหตุผลที่ค้น", "Give the reason for the search")
_UNREADABLE: Mapping[SearchWay, BilingualText] = {
    SearchWay.NUMBER: BilingualText(
        "เลขเรื่องไม่ถูกต้อง เช่น KKN07A-000001-51", "This is not a case number, such as KKN07A-000001-51"
    ),
    SearchWay.PHONE: BilingualText("เบอร์โทรศัพท์ต้องมี 9 หรือ 10 หลัก", "A phone number has 9 or 10 digits"),
    SearchWay.CITIZEN_ID: BilingualText(
        "เลขประจำตัวประชาชนไม่ถูกต้อง โปรดตรวจดู 13 หลัก", "This is not a citizen ID. Check the 13 digits"
    ),
    SearchWay.NAME: BilingualText("โปรดพิมพ์ทั้งชื่อและนามสกุล", "Type both the first and the last name"),
}


def search_cases(officer: Officer, way: SearchWay, term: str, reason: str) -> list[Case]:
    """The newest cases that this officer may read people of and that match. Raises NotAllowedError for a term that
    cannot be searched, and without a reason."""
    reason = reason.strip()[:MAX_REASON_CHARS]
    if not reason:
        raise NotAllowedError(_NO_REASON)
    cases = visible_cases(officer).filter(centre__in=permitted_centres(officer, Action.READ_PEOPLE))
    with transaction.atomic():
        matches = list(_matching(officer, cases, way, term))[:MAX_FOUND]
        PersonSearch.objects.create(officer=officer, way=way.value, reason=reason, matches=len(matches))
        PersonalDataRead.objects.bulk_create(
            PersonalDataRead(case=case, officer=officer, data_kind=PersonalDataRead.DataKind.FOUND, reason=reason)
            for case in matches
            if way is not SearchWay.NUMBER
        )
    return matches


def _matching(officer: Officer, cases: QuerySet[Case], way: SearchWay, term: str) -> Iterable[Case]:
    match way:
        case SearchWay.NUMBER:
            return cases.filter(case_number=_case_number(term))
        case SearchWay.PHONE:
            return _open_names(officer, cases).filter(complainant__phone=_phone(term))[:MAX_FOUND]
        case SearchWay.CITIZEN_ID:
            digits = numerals.digits(term)
            if not id_number.is_valid(digits):
                raise NotAllowedError(_UNREADABLE[way])
            return _open_names(officer, cases).filter(complainant__citizen_id_hash=citizen_id_hash(digits))[:MAX_FOUND]
        case SearchWay.NAME:
            return _named(_open_names(officer, cases), term)


def _open_names(officer: Officer, cases: QuerySet[Case]) -> QuerySet[Case]:
    """Without withheld names, unless a second officer has opened them to this one."""
    granted = valid_grants(officer).values("case")
    return cases.filter(~Q(name_disclosure=NameDisclosure.WITHHELD.value) | Q(pk__in=granted)).order_by("-received_at")


def _named(cases: QuerySet[Case], name: str) -> Iterable[Case]:
    if len(name.split()) < 2:
        raise NotAllowedError(_UNREADABLE[SearchWay.NAME])
    rows = Complainant.objects.filter(first_name__in=stored_spellings(name), case__in=cases)
    same = [row.case_id for row in rows[: MAX_FOUND * 50] if is_same_name(row, name)]
    return cases.filter(pk__in=same)[:MAX_FOUND]


def _case_number(text: str) -> str:
    try:
        return str(case_number.parse(numerals.to_arabic(text)))
    except case_number.CaseNumberError:
        raise NotAllowedError(_UNREADABLE[SearchWay.NUMBER]) from None


def _phone(text: str) -> str:
    try:
        return phone.normalise(text)
    except ValueError:
        raise NotAllowedError(_UNREADABLE[SearchWay.PHONE]) from None


def delete_old_reasons(now: datetime) -> None:
    """Empty the reasons of searches after their retention time. Who searched, how and when stays."""
    PersonSearch.objects.filter(at__lt=now - REASONS_KEPT).exclude(reason="").update(reason="")
