"""Gives and takes roles. `central.people.grants` decides who may, at the centre concerned; a form never does."""

from django.db import transaction
from django.db.models import QuerySet

from central.centres.models import Centre, Membership, Officer
from central.people.events import record_event
from central.people.grants import roles_granted_by
from central.people.models import OfficerEvent
from central.people.permission import memberships_allowing, permitted_centres, roles_at
from central.people.roles import MATRIX, Action, Role, Scope
from protocol.bilingual_text import BilingualText
from thai import places
from thai.numerals import to_arabic


class PeopleError(Exception):
    """The step is not possible now; `sentence` is for the officer who tried."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


class ForbiddenError(Exception):
    """This officer may not do this, whatever the state of the account."""


_STAYS_WITH_AGENCY = BilingualText(
    "บทบาทของหน่วยงานย้ายศูนย์ไม่ได้ ให้ถอนแล้วเพิ่มที่หน่วยงานใหม่",
    "A role of an agency cannot be moved. Take it away and give it at the other agency",
)
_ALREADY = BilingualText("มีบทบาทนี้ที่ศูนย์นี้อยู่แล้ว", "The officer has this role at this centre already")
_AGENCY_NEEDED = BilingualText("โปรดเลือกหน่วยงานของบทบาทนี้", "Choose the agency of this role")
_TAMBONS_NEEDED = BilingualText("โปรดระบุตำบลของชุดปฏิบัติการ", "Please give the tambons of the team")
_UNKNOWN_TAMBON = BilingualText(
    "รหัสตำบลไม่ถูกต้อง หรือไม่อยู่ในพื้นที่ของศูนย์", "A tambon code is unknown or outside the area of the centre"
)
_GONE = BilingualText("มีผู้ถอนบทบาทนี้ไปแล้ว", "This role was taken away meanwhile")
_LAST_ROLE = BilingualText(
    "เป็นบทบาทสุดท้ายของบัญชีนี้ หากไม่ปฏิบัติงานแล้วให้ปิดบัญชีแทน",
    "This is the last role of the account. End the account instead if the officer has left",
)


def grantable_roles(
    by: Officer, centre: Centre, action: Action = Action.MANAGE_PEOPLE, agency_id: int | None = None
) -> frozenset[Role]:
    """The roles this officer may give at this centre, or for this agency of it. `action` is what it is done by:
    managing people, or certifying a registration."""
    roles = frozenset(role for role in roles_at(by, centre) if action in MATRIX[role].actions)
    if agency_id is not None:
        of_agency = memberships_allowing(by, action, Scope.AGENCY).filter(agency_id=agency_id)
        roles |= frozenset(Role(role) for role in of_agency.values_list("role", flat=True))
    return roles_granted_by(roles)


def offered_roles(by: Officer) -> frozenset[Role]:
    """The roles this officer may give at some centre, for a page to offer. `grantable_roles` decides at each centre."""
    allowing = memberships_allowing(by, Action.MANAGE_PEOPLE, Scope.CENTRE)
    return roles_granted_by(frozenset(Role(role) for role in allowing.values_list("role", flat=True)))


def visible_officers(by: Officer) -> QuerySet[Officer]:
    """The officers with a role at a centre where this officer manages people."""
    return Officer.objects.filter(memberships__centre__in=permitted_centres(by, Action.MANAGE_PEOPLE)).distinct()


def can_manage_account(by: Officer, officer: Officer) -> bool:
    """Whether this officer may suspend, end or reset the account: only with authority over every role it has. A
    district could otherwise take over the account of somebody who also works for the province."""
    memberships = list(officer.memberships.select_related("centre"))
    return (
        by.pk != officer.pk
        and bool(memberships)
        and all(Role(each.role) in grantable_roles(by, each.centre) for each in memberships)
    )


def require_account_manager(by: Officer, officer: Officer) -> None:
    """Raise ForbiddenError unless `can_manage_account`."""
    if not can_manage_account(by, officer):
        raise ForbiddenError


@transaction.atomic
def add_membership(
    by: Officer | None,
    officer: Officer,
    centre: Centre,
    role: Role,
    *,
    may_read_people: bool = False,
    may_run_fleet: bool = False,
    agency_id: int | None = None,
    tambons: str = "",
    reason: str = "",
) -> Membership:
    """Give a role. `agency_id` is an agency of this centre, for a role of an agency. `by` is None for a command.
    Raises ForbiddenError, and PeopleError when the officer has the role or agency or tambons are missing."""
    if by is not None and (by.pk == officer.pk or role not in grantable_roles(by, centre)):
        raise ForbiddenError
    return create_membership(
        by,
        officer,
        centre,
        role,
        may_read_people=may_read_people,
        may_run_fleet=may_run_fleet,
        agency_id=agency_id,
        tambons=tambons,
        reason=reason,
    )


@transaction.atomic
def create_membership(
    by: Officer | None,
    officer: Officer,
    centre: Centre,
    role: Role,
    *,
    may_read_people: bool,
    may_run_fleet: bool,
    agency_id: int | None = None,
    tambons: str = "",
    reason: str = "",
) -> Membership:
    """Create the membership and record it; the caller has checked who may. Raises PeopleError."""
    is_of_agency = MATRIX[role].scope is Scope.AGENCY
    if is_of_agency and agency_id is None:
        raise PeopleError(_AGENCY_NEEDED)
    membership, is_new = Membership.objects.get_or_create(
        officer=officer,
        centre=centre,
        role=role.value,
        agency_id=agency_id if is_of_agency else None,
        defaults={
            "may_read_people": may_read_people,
            "may_run_fleet": may_run_fleet,
            "tambons": team_tambons(role, centre, tambons),
        },
    )
    if not is_new:
        raise PeopleError(_ALREADY)
    record_event(OfficerEvent.Kind.ROLE_ADDED, officer, detail=describe(membership), by=by, reason=reason)
    return membership


@transaction.atomic
def remove_membership(by: Officer | None, membership: Membership, reason: str = "") -> None:
    """Take a role away. Raises ForbiddenError, and PeopleError for the last role: an account without any would be in
    nobody's list; also for one that another request has just taken away."""
    officer, membership = _locked(membership)
    if by is not None and (by.pk == officer.pk or Role(membership.role) not in grantable_roles(by, membership.centre)):
        raise ForbiddenError
    if officer.memberships.count() == 1:
        raise PeopleError(_LAST_ROLE)
    record_event(OfficerEvent.Kind.ROLE_REMOVED, officer, detail=describe(membership), by=by, reason=reason)
    membership.delete()


@transaction.atomic
def transfer(by: Officer, membership: Membership, centre: Centre, reason: str, tambons: str = "") -> None:
    """Move a role to another centre; what was done at the former one stays in its history. Raises ForbiddenError unless
    `by` may take the role there and give it here, and PeopleError when the officer has it here already, the tambons of
    a team are missing, the role is of an agency, which belongs to one centre, or it was just taken away."""
    officer, membership = _locked(membership)
    if membership.agency_id is not None:
        raise PeopleError(_STAYS_WITH_AGENCY)
    role = Role(membership.role)
    may_take, may_give = (role in grantable_roles(by, each) for each in (membership.centre, centre))
    if by.pk == officer.pk or not (may_take and may_give):
        raise ForbiddenError
    if Membership.objects.filter(officer=officer, centre=centre, role=role.value).exists():
        raise PeopleError(_ALREADY)
    detail = f"{role.value} {membership.centre.slug} → {centre.slug}"
    membership.centre = centre
    membership.tambons = team_tambons(role, centre, tambons)
    membership.save(update_fields=["centre", "tambons"])
    record_event(OfficerEvent.Kind.TRANSFERRED, officer, detail=detail, by=by, reason=reason)


def _locked(membership: Membership) -> tuple[Officer, Membership]:
    """Lock the officer until the end of the transaction, and read the membership as it is now: two requests that
    change the roles of one account follow each other. Raises PeopleError for a membership that is gone."""
    officer = Officer.objects.select_for_update().get(pk=membership.officer_id)
    current = Membership.objects.select_related("centre", "agency").filter(pk=membership.pk, officer=officer).first()
    if current is None:
        raise PeopleError(_GONE)
    return officer, current


def team_tambons(role: Role, centre: Centre, typed: str) -> str:
    """The codes of a team's tambons as stored, '' for other roles. Raises PeopleError for a team without any, and for
    one outside the area of the centre."""
    if MATRIX[role].scope is not Scope.TEAM:
        return ""
    codes = list(dict.fromkeys(to_arabic(typed).replace(",", " ").split()))
    if not codes:
        raise PeopleError(_TAMBONS_NEEDED)
    if not all(len(code) == 6 and code.startswith(centre.area_code) and places.place(code) for code in codes):
        raise PeopleError(_UNKNOWN_TAMBON)
    return ",".join(codes)


def describe(membership: Membership) -> str:
    """'case_officer @ khonkaen', as events name a role; 'agency_officer @ khonkaen/water' of an agency."""
    agency = f"/{membership.agency.code}" if membership.agency else ""
    return f"{membership.role} @ {membership.centre.slug}{agency}"
