"""The commands that change one agency of the register. Each checks the permission and the details, and is recorded.

`by` is the officer, or None for the command line. All raise RegisterError with bilingual sentences."""

import secrets
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from central.agencies.checks import REQUIRED, check_details
from central.agencies.details import AgencyDetails, changed_fields, details_of
from central.agencies.errors import CHANGED_MEANWHILE, NO_PERMISSION, RegisterError
from central.agencies.limits import MAX_PENDING
from central.agencies.models import Agency, RegisterChange, RoutingRule
from central.agencies.register import find_by_code, with_details
from central.agencies.store import store_changed, store_new, store_supervisors
from central.centres.models import Centre, Officer
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

_Kind = RegisterChange.Kind
CODE_TAKEN = BilingualText("รหัสนี้มีหน่วยงานอื่นใช้แล้ว", "Another agency has this code")
NO_SUPERVISOR = BilingualText("ไม่พบหน่วยงานกำกับรหัสนี้", "There is no agency with this code to supervise it")
SUPERVISES_ITSELF = BilingualText(
    "หน่วยงานกำกับดูแลตนเองไม่ได้", "An agency cannot supervise itself, directly or in a circle"
)
_FULL = BilingualText(
    "ขณะนี้มีหน่วยงานรอการยืนยันจำนวนมาก โปรดติดต่อศูนย์โดยตรง",
    "Many agencies are waiting for confirmation. Please contact the centre directly",
)
_NOT_PENDING = BilingualText("หน่วยงานนี้ไม่ได้รอการยืนยันแล้ว", "This agency is not waiting for confirmation any more")
_IS_PENDING = BilingualText("หน่วยงานนี้ยังรอการยืนยัน", "This agency is still waiting for confirmation")


@transaction.atomic
def create(details: AgencyDetails, centre: Centre, by: Officer | None) -> Agency:
    """Add an agency to the register of a centre."""
    require_permission(by, centre)
    agency = _insert(details, centre, Agency.Status.ACTIVE)
    record(agency, _Kind.CREATED, by)
    return agency


@transaction.atomic
def edit(agency: Agency, details: AgencyDetails, by: Officer | None, *, seen_version: int) -> Agency:
    """Replace the details, whether it is in use included. `seen_version` is the version that the form showed."""
    require_permission(by, agency.centre)
    stored = _lock(agency, seen_version)
    before = details_of(stored)
    changed = changed_fields(before, details)
    if not changed:
        return stored
    if stored.status == Agency.Status.PENDING and "is_active" in changed:
        raise RegisterError.of(_IS_PENDING)
    check_change(stored, details)
    _save(stored, details)
    kind = _Kind.EDITED
    if "is_active" in changed:
        kind = _Kind.REACTIVATED if details.is_active else _Kind.DEACTIVATED
    record(stored, kind, by, ", ".join(changed))
    return stored


def deactivate(agency: Agency, by: Officer | None, *, seen_version: int) -> Agency:
    """It gets no further cases; those it has stay with it. Refused while a routing rule names it."""
    return edit(agency, replace(_stored_details(agency), is_active=False), by, seen_version=seen_version)


def reactivate(agency: Agency, by: Officer | None, *, seen_version: int) -> Agency:
    """It gets cases again."""
    return edit(agency, replace(_stored_details(agency), is_active=True), by, seen_version=seen_version)


@transaction.atomic
def register(details: AgencyDetails, centre: Centre) -> Agency:
    """An agency registers itself and waits for the centre. Its code is provisional: the administrator chooses it."""
    if Agency.objects.filter(centre=centre, status=Agency.Status.PENDING).count() >= MAX_PENDING:
        raise RegisterError.of(_FULL)
    provisional = replace(details, code=f"pending-{secrets.token_hex(8)}", supervising_code="", is_active=True)
    agency = _insert(provisional, centre, Agency.Status.PENDING)
    record(agency, _Kind.REGISTERED, None)
    return agency


@transaction.atomic
def confirm(agency: Agency, code: str, by: Officer | None, *, seen_version: int) -> Agency:
    """Take a registered agency into the register under this code."""
    require_permission(by, agency.centre)
    stored = _lock(agency, seen_version)
    if stored.status != Agency.Status.PENDING:
        raise RegisterError.of(_NOT_PENDING)
    if not code:
        raise RegisterError({"code": REQUIRED})
    details = replace(details_of(stored), code=code)
    check_change(stored, details)
    stored.status = Agency.Status.ACTIVE
    _save(stored, details)
    record(stored, _Kind.CONFIRMED, by)
    return stored


@transaction.atomic
def refuse(agency: Agency, by: Officer | None) -> None:
    """Delete a registration: its contacts are not needed any more. The record keeps the name of the agency."""
    require_permission(by, agency.centre)
    stored = Agency.objects.select_for_update(of=("self",)).filter(pk=agency.pk).first()
    if stored is None or stored.status != Agency.Status.PENDING:
        raise RegisterError.of(_NOT_PENDING)
    RegisterChange.objects.create(centre=stored.centre, by=by, kind=_Kind.REFUSED, detail=stored.name_th)
    stored.delete()


def require_permission(by: Officer | None, centre: Centre, action: Action = Action.MANAGE_AGENCIES) -> None:
    """Raises RegisterError when this officer may not change the register of this centre."""
    if by is not None and not has_permission(by, action, centre):
        raise RegisterError.of(NO_PERMISSION)


def record(agency: Agency, kind: RegisterChange.Kind, by: Officer | None, detail: str = "") -> None:
    """Record who changed what. `detail` names fields, never their values."""
    RegisterChange.objects.create(centre_id=agency.centre_id, agency=agency, kind=kind, by=by, detail=detail[:500])


def check_change(agency: Agency, details: AgencyDetails) -> None:
    """The checks that need the stored agency and its centre. Raises RegisterError with every error."""
    errors = check_details(details, agency.centre)
    taken = Agency.objects.filter(centre=agency.centre, code=details.code).exclude(pk=agency.pk)
    if "code" not in errors and taken.exists():
        errors["code"] = CODE_TAKEN
    if agency.is_active and not details.is_active and (rules := rules_naming([agency.pk]).count()):
        errors[""] = named_by_rules(rules)
    if details.supervising_code:
        supervisor = find_by_code(details.supervising_code, agency.centre, other_than=agency.pk)
        if supervisor is None:
            errors["supervising_code"] = (
                SUPERVISES_ITSELF if details.supervising_code == details.code else NO_SUPERVISOR
            )
        elif agency.pk and _is_supervised_by(supervisor, agency):
            errors["supervising_code"] = SUPERVISES_ITSELF
    if errors:
        raise RegisterError(errors)


def rules_naming(agency_ids: list[int]) -> QuerySet[RoutingRule]:
    """The routing rules of any centre that name one of these agencies."""
    return RoutingRule.objects.filter(
        Q(lead_agency__in=agency_ids) | Q(support_agency__in=agency_ids) | Q(copy_agency__in=agency_ids)
    )


def named_by_rules(rules: int) -> BilingualText:
    """Why an agency cannot be deactivated."""
    return BilingualText(
        f"กฎการส่งเรื่อง {rules} ข้อยังระบุหน่วยงานนี้อยู่ โปรดแก้กฎก่อน",
        f"Routing rules that name this agency: {rules}. Please change them first",
    )


def _is_supervised_by(agency: Agency, supervisor: Agency) -> bool:
    """Whether `supervisor` is above `agency`, or is it."""
    passed: set[int] = set()
    step: Agency | None = agency
    while step is not None and step.pk not in passed:
        if step.pk == supervisor.pk:
            return True
        passed.add(step.pk)
        step = step.supervising_agency
    return False


def _insert(details: AgencyDetails, centre: Centre, status: Agency.Status) -> Agency:
    agency = Agency(centre=centre, status=status)
    check_change(agency, details)
    try:
        with transaction.atomic():
            store_new([(agency, details)])
            _store_supervisor(agency, details)
    except IntegrityError:  # somebody took the code since the check
        raise RegisterError({"code": CODE_TAKEN}) from None
    return agency


def _save(agency: Agency, details: AgencyDetails) -> None:
    try:
        with transaction.atomic():
            store_changed([(agency, details)])
            _store_supervisor(agency, details)
    except IntegrityError:
        raise RegisterError({"code": CODE_TAKEN}) from None


def _store_supervisor(agency: Agency, details: AgencyDetails) -> None:
    supervisor = None
    if details.supervising_code:
        supervisor = find_by_code(details.supervising_code, agency.centre, other_than=agency.pk)
    store_supervisors([(agency, supervisor.pk if supervisor else None)])


def _lock(agency: Agency, seen_version: int) -> Agency:
    """The stored agency, locked until the end of the transaction. Raises RegisterError when it has changed since."""
    Agency.objects.select_for_update(no_key=True).filter(pk=agency.pk).first()
    stored = with_details(Agency.objects.filter(pk=agency.pk)).first()
    if stored is None or stored.version != seen_version:
        raise RegisterError.of(CHANGED_MEANWHILE)
    return stored


def _stored_details(agency: Agency) -> AgencyDetails:
    return details_of(with_details(Agency.objects.filter(pk=agency.pk)).get())
