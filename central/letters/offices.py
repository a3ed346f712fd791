"""The letterhead of a centre."""

from dataclasses import dataclass

from central.cases import clock
from central.centres.models import Centre, Officer
from central.letters.errors import LetterError
from central.letters.models import LetterOffice
from central.letters.numbering import continue_after
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from thai.numerals import to_arabic

_NOT_PERMITTED = BilingualText("ท่านแก้ไขหัวหนังสือของศูนย์นี้ไม่ได้", "You cannot edit the letterhead of this centre")
_LOWER = BilingualText(
    "เลขล่าสุดที่ใช้แล้วต้องไม่น้อยกว่าเลขที่ระบบออกไปแล้ว",
    "The last number in use cannot be lower than one that was given already",
)


@dataclass(frozen=True)
class OfficeContent:
    """What an administrator states. `emblem` None leaves the stored one, b'' removes it."""

    code: str
    name: str
    address: str
    section: str
    phone: str
    email: str
    signer_name: str
    signer_position: str
    uses_thai_digits: bool
    last_number: int | None
    emblem: bytes | None = None


def office_of(centre: Centre) -> LetterOffice:
    """The letterhead; an unsaved one with the centre's name, and without code, where nobody has written it."""
    stored = LetterOffice.objects.filter(centre=centre).first()
    return stored or LetterOffice(centre=centre, name=centre.name_th, section=centre.name_th)


def save_office(officer: Officer, centre: Centre, content: OfficeContent) -> LetterOffice:
    """Write the letterhead. Raises LetterError."""
    if not has_permission(officer, Action.MANAGE_TEMPLATES, centre):
        raise LetterError(_NOT_PERMITTED)
    if content.last_number is not None and not continue_after(centre, clock.today(), content.last_number):
        raise LetterError(_LOWER)
    office = office_of(centre)
    for name, value in vars(content).items():
        if name not in ("last_number", "emblem"):
            setattr(office, name, value)
    office.code = to_arabic(content.code).rstrip("/ ")
    if content.emblem is not None:
        office.emblem = content.emblem
    office.save()
    return office
