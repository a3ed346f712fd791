"""Letters issued at the same moment: each gets a number of its own, and no number is left out."""

import pytest

from central.centres.models import Centre
from central.letters import commands
from central.letters.kinds import LetterKind
from central.letters.models import Letter, LetterOffice
from central.people.roles import Role
from tests.unit.central.at_once import succeeded
from tests.unit.central.factories import create_case, create_officer_with

LETTERS = 6


@pytest.mark.django_db(transaction=True)
def test_letters_issued_at_once_get_each_number_once() -> None:
    centre = Centre.objects.create(slug="khonkaen", area_code="40", name_th="ขอนแก่น", name_en="Khon Kaen")
    LetterOffice.objects.create(centre=centre, code="ขก 0018", name="ศูนย์", section="กลุ่มงาน")
    officer = create_officer_with(centre, Role.CASE_OFFICER)
    drafts = [commands.create_draft(officer, create_case(centre), LetterKind.MEMO) for _ in range(LETTERS)]
    steps = [lambda draft=draft: commands.issue(officer, draft, draft.version) for draft in drafts]
    assert succeeded(*steps) == LETTERS
    assert list(Letter.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, LETTERS + 1))
