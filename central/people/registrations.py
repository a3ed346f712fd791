"""Registrations of officers: submitted by the person, certified or refused by the superior, activated by the one-time
link. Nobody certifies the own registration, and a role is certified only by who may give it at that centre."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from central.centres.models import Centre, Membership, Officer
from central.people import accounts, invitations
from central.people.events import record_event
from central.people.memberships import (
    ForbiddenError,
    PeopleError,
    create_membership,
    describe,
    grantable_roles,
)
from central.people.models import OfficerEvent, Profile, Registration
from central.people.permission import memberships_allowing, permitted_centres
from central.people.positions import is_entitled
from central.people.roles import Action, Role, Scope
from protocol.bilingual_text import BilingualText

MAX_DISTRICT_OFFICERS = 2  # the districts' circular lists two officers of a district by name
DISTRICT_ROLES = (Role.INTAKE, Role.CASE_OFFICER)
MAX_WAITING = 500  # of one centre: a stranger cannot fill the database

_DECIDED = BilingualText("คำขอนี้มีผู้พิจารณาแล้ว", "This registration has been decided already")
_TOO_MANY = BilingualText(
    "ศูนย์นี้มีคำขอรอพิจารณามากเกินไป โปรดติดต่อศูนย์โดยตรง",
    "Too many registrations wait at this centre. Please contact it directly",
)
_NAME_TAKEN = BilingualText("ชื่อผู้ใช้นี้มีแล้ว โปรดเลือกชื่ออื่น", "This user name is taken. Choose another")
_REASON_NEEDED = BilingualText("โปรดระบุเหตุผล", "Please give a reason")
_OVER_LIMIT = BilingualText(
    "อำเภอนี้มีเจ้าหน้าที่ครบสองคนแล้ว โปรดระบุเหตุผล หรือเลือกผู้ที่จะแทน",
    "This district has two officers already. Give a reason, or choose who is replaced",
)
_NOT_ENTITLED = BilingualText(
    "ตำแหน่งนี้ไม่อยู่ในตำแหน่งที่มีสิทธิ์สำหรับบทบาทนี้ โปรดระบุเหตุผลในหมายเหตุ",
    "This position does not entitle to the role. Give a reason as a remark",
)
_REPLACED_UNKNOWN = BilingualText("โปรดเลือกเจ้าหน้าที่ที่จะแทน", "Choose the officer who is replaced")


@dataclass(frozen=True)
class Certification:
    """The superior's decision to create the account."""

    username: str
    role: Role
    replaces: Officer | None = None
    agency_id: int | None = None  # an agency of the registration's centre
    tambons: str = ""  # of a team, as typed
    may_read_people: bool = False
    may_run_fleet: bool = False
    reason: str = ""


def submit(registration: Registration) -> None:
    """Store a registration. Raises PeopleError when too many wait at this centre."""
    waiting = Registration.objects.filter(centre=registration.centre, status=Registration.Status.WAITING)
    if waiting.count() >= MAX_WAITING:
        raise PeopleError(_TOO_MANY)
    registration.submitted_at = timezone.now()
    registration.save()


def visible_registrations(by: Officer) -> QuerySet[Registration]:
    """The registrations at the centres and of the agencies for which this officer certifies officers."""
    agencies = memberships_allowing(by, Action.CERTIFY_OFFICERS, Scope.AGENCY).values("agency_id")
    return Registration.objects.filter(
        Q(centre__in=permitted_centres(by, Action.CERTIFY_OFFICERS)) | Q(agency_id__in=agencies)
    )


def certifiable_roles(by: Officer, registration: Registration) -> frozenset[Role]:
    """The roles this officer may certify for this registration."""
    return grantable_roles(by, registration.centre, Action.CERTIFY_OFFICERS, registration.agency_id)


def can_certify(by: Officer, registration: Registration) -> bool:
    """Whether this officer may decide this registration: not the own one."""
    is_own = registration.submitted_by_id == by.pk or (
        bool(by.email) and registration.email.casefold() == by.email.casefold()
    )
    return not is_own and bool(certifiable_roles(by, registration))


def listed_officers(centre: Centre) -> QuerySet[Officer]:
    """The officers in service who work on cases at exactly this centre."""
    roles = [role.value for role in DISTRICT_ROLES]
    return Officer.objects.filter(is_active=True, memberships__centre=centre, memberships__role__in=roles).distinct()


def replaceable_officers(by: Officer, centre: Centre) -> QuerySet[Officer]:
    """The officers in service at exactly this centre whose roles there this officer may take away."""
    roles = [role.value for role in grantable_roles(by, centre, Action.CERTIFY_OFFICERS)]
    beyond = Q(memberships__centre=centre) & ~Q(memberships__role__in=roles)
    return (
        Officer.objects.filter(is_active=True, memberships__centre=centre)
        .exclude(pk__in=Officer.objects.filter(beyond))
        .exclude(pk=by.pk)
        .distinct()
    )


def is_over_limit(centre: Centre, role: Role, replaces: Officer | None) -> bool:
    """Whether a district would have more than the two officers that the circular lists."""
    if len(centre.area_code) != 4 or role not in DISTRICT_ROLES:
        return False
    listed = listed_officers(centre)
    if replaces is not None:
        listed = listed.exclude(pk=replaces.pk)
    return listed.count() >= MAX_DISTRICT_OFFICERS


@transaction.atomic
def certify(by: Officer, registration_id: int, decision: Certification) -> tuple[Officer, str]:
    """Create the account without a password, and its one-time link. Returns the officer and the code of the link.
    Raises ForbiddenError and PeopleError."""
    registration = _lock_waiting(by, registration_id)
    centre = registration.centre
    if decision.role not in certifiable_roles(by, registration):
        raise ForbiddenError
    if registration.agency_id is not None and decision.agency_id != registration.agency_id:
        raise ForbiddenError  # the head of one agency gives no role at another
    if decision.replaces is not None and decision.replaces not in replaceable_officers(by, centre):
        raise ForbiddenError
    if registration.kind == Registration.Kind.REPLACING and decision.replaces is None:
        raise PeopleError(_REPLACED_UNKNOWN)
    Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)  # two at once would both see one officer
    if is_over_limit(centre, decision.role, decision.replaces) and not decision.reason:
        raise PeopleError(_OVER_LIMIT)
    if not is_entitled(decision.role, registration.position) and not decision.reason:
        raise PeopleError(_NOT_ENTITLED)
    if Officer.objects.filter(username__iexact=decision.username).exists():  # «Somsri» and «somsri»
        raise PeopleError(_NAME_TAKEN)
    officer = _create_account(registration, decision.username)
    record_event(OfficerEvent.Kind.CREATED, officer, by=by, reason=decision.reason)
    create_membership(
        by,
        officer,
        centre,
        decision.role,
        may_read_people=decision.may_read_people,
        may_run_fleet=decision.may_run_fleet,
        agency_id=decision.agency_id,
        tambons=decision.tambons,
        reason=decision.reason,
    )
    registration.agency_id = decision.agency_id
    registration.officer, registration.replaces = officer, decision.replaces
    _decide(registration, Registration.Status.CERTIFIED, by, decision.reason)
    return officer, invitations.issue(officer, by)


@transaction.atomic
def refuse(by: Officer, registration_id: int, reason: str) -> None:
    """Refuse a registration with a reason. Raises ForbiddenError and PeopleError."""
    registration = _lock_waiting(by, registration_id)
    if not reason:
        raise PeopleError(_REASON_NEEDED)
    _decide(registration, Registration.Status.REFUSED, by, reason)


def end_replaced_membership(officer: Officer) -> None:
    """End the roles of the person that this newly activated officer replaces: those at that centre, or the account when
    it has no others."""
    registration = Registration.objects.filter(officer=officer).exclude(replaces=None).first()
    if registration is None or registration.replaces is None or not registration.replaces.is_active:
        return
    replaced, by, reason = registration.replaces, registration.decided_by, f"replaced: registration {registration.pk}"
    here = Membership.objects.filter(officer=replaced, centre=registration.centre)
    if not replaced.memberships.exclude(centre=registration.centre).exists():
        accounts.end(replaced, by, reason)
        return
    for membership in here:
        record_event(OfficerEvent.Kind.ROLE_REMOVED, replaced, detail=describe(membership), by=by, reason=reason)
    here.delete()


def _lock_waiting(by: Officer, registration_id: int) -> Registration:
    """The waiting registration, locked against a decision at the same time."""
    registration = Registration.objects.select_for_update(of=("self",)).select_related("centre").get(pk=registration_id)
    if not can_certify(by, registration):
        raise ForbiddenError
    if registration.status != Registration.Status.WAITING:
        raise PeopleError(_DECIDED)
    return registration


def _decide(registration: Registration, status: Registration.Status, by: Officer, reason: str) -> None:
    registration.status, registration.decided_by = status, by
    registration.decided_at, registration.reason = timezone.now(), reason
    registration.save()


def _create_account(registration: Registration, username: str) -> Officer:
    """Create the account and its profile. Raises PeopleError when another centre certifies the same name just now:
    only the unique index sees that."""
    officer = Officer(
        username=username,
        first_name=registration.first_name,
        last_name=registration.last_name,
        email=registration.email,
    )
    officer.set_unusable_password()
    try:
        with transaction.atomic():
            officer.save()
    except IntegrityError as error:
        raise PeopleError(_NAME_TAKEN) from error
    Profile.objects.create(
        officer=officer,
        position=registration.position,
        level=registration.level,
        office=registration.office,
        office_phone=registration.office_phone,
        mobile_phone=registration.mobile_phone,
    )
    return officer
