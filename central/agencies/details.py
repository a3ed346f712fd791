"""What an administrator states about an agency: one value for forms, files and commands."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from central.agencies.models import Agency, AgencyContact


@dataclass(frozen=True)
class ContactDetails:
    """One contact. All texts are '' for «none»."""

    name: str = ""
    position: str = ""
    phone: str = ""
    email: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stated."""
        return not (self.name or self.position or self.phone or self.email)


@dataclass(frozen=True)
class AgencyDetails:
    """Everything about an agency that people state. `supervising_code` names an agency of the same centre or of one
    above it, the centre's own first."""

    code: str = ""
    name_th: str = ""
    name_en: str = ""
    kind: str = ""
    level: str = ""
    areas: tuple[str, ...] = ()  # sorted, each once
    email: str = ""
    phone: str = ""
    address: str = ""
    declared_days: int | None = None
    supervising_code: str = ""
    contact_point: ContactDetails = ContactDetails()
    cceo: ContactDetails = ContactDetails()
    other_contacts: tuple[ContactDetails, ...] = ()
    is_active: bool = True


PLAIN_FIELDS = (
    "code",
    "name_th",
    "name_en",
    "kind",
    "level",
    "email",
    "phone",
    "address",
    "declared_days",
    "is_active",
)


def changed_fields(before: AgencyDetails, after: AgencyDetails) -> list[str]:
    """The names of the fields whose values differ."""
    return [field.name for field in fields(AgencyDetails) if getattr(before, field.name) != getattr(after, field.name)]


def details_of(agency: Agency) -> AgencyDetails:
    """The stored details. Uses prefetched `areas` and `contacts`, and a selected `supervising_agency`."""
    contacts = list(agency.contacts.all())
    return AgencyDetails(
        **{name: getattr(agency, name) for name in PLAIN_FIELDS},
        areas=tuple(sorted(row.area_code for row in agency.areas.all())),
        supervising_code=agency.supervising_agency.code if agency.supervising_agency else "",
        contact_point=_contact(contacts, AgencyContact.Kind.CONTACT_POINT),
        cceo=_contact(contacts, AgencyContact.Kind.CCEO),
        other_contacts=tuple(_details(row) for row in contacts if row.kind == AgencyContact.Kind.OTHER),
    )


def contact_rows(agency: Agency, details: AgencyDetails) -> list[AgencyContact]:
    """The rows to store for the contacts, empty ones left out."""
    by_kind = [
        (AgencyContact.Kind.CONTACT_POINT, details.contact_point),
        (AgencyContact.Kind.CCEO, details.cceo),
        *((AgencyContact.Kind.OTHER, contact) for contact in details.other_contacts),
    ]
    return [
        AgencyContact(
            agency=agency,
            kind=kind,
            name=contact.name,
            position=contact.position,
            phone=contact.phone,
            email=contact.email,
        )
        for kind, contact in by_kind
        if not contact.is_empty
    ]


def _contact(contacts: Iterable[AgencyContact], kind: AgencyContact.Kind) -> ContactDetails:
    return next((_details(row) for row in contacts if row.kind == kind), ContactDetails())


def _details(row: AgencyContact) -> ContactDetails:
    return ContactDetails(row.name, row.position, row.phone, row.email)
