"""Templates of letters: which words a kind has at a centre, and new versions of them."""

from django.db import transaction
from django.db.models import Max

from central.agencies.register import own_and_above
from central.centres.models import Centre, Officer
from central.letters.errors import LetterError
from central.letters.kinds import LetterKind
from central.letters.models import LetterTemplate
from central.letters.texts import STANDARD_TEXTS, LetterText
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

_NOT_PERMITTED = BilingualText("ท่านแก้ไขแม่แบบของศูนย์นี้ไม่ได้", "You cannot edit the templates of this centre")
_INCOMPLETE = BilingualText("โปรดใส่ชื่อเรื่อง ผู้รับ และข้อความ", "Give the subject, the addressee and the text")


def template_in_use(centre: Centre, kind: LetterKind) -> LetterTemplate | None:
    """The newest version of the centre, or of the nearest centre above that has one. None: the standard text."""
    rows = LetterTemplate.objects.filter(centre__in=own_and_above(centre), kind=kind.value)
    return rows.select_related("centre").order_by("-centre__path", "-version").first()


def text_in_use(centre: Centre, kind: LetterKind) -> LetterText:
    """The words from which a draft is made."""
    template = template_in_use(centre, kind)
    return template.text if template else STANDARD_TEXTS[kind]


def save_version(officer: Officer, centre: Centre, kind: LetterKind, text: LetterText) -> LetterTemplate:
    """Add a version, which is in use from now on. Raises LetterError."""
    if not has_permission(officer, Action.MANAGE_TEMPLATES, centre):
        raise LetterError(_NOT_PERMITTED)
    if not all(part.strip() for part in (text.subject, text.addressee, text.body)):
        raise LetterError(_INCOMPLETE)
    with transaction.atomic():
        Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)  # versions are counted one after the other
        rows = LetterTemplate.objects.filter(centre=centre, kind=kind.value)
        last = rows.aggregate(last=Max("version"))["last"] or 0
        template = LetterTemplate(centre=centre, kind=kind.value, version=last + 1, written_by=officer)
        template.text = text
        template.save()
        return template
