"""A case follows the place of the incident, and its wording the kind of its centre."""

import json

import pytest
from django.test import Client

from central.cases import commands as case_commands
from central.cases.codes import Outcome
from central.cases.models import Case
from central.centres import commands as centre_commands
from central.centres.jurisdiction import centre_for_area, proposed_centre
from central.centres.models import Centre, Officer
from central.centres.wording import desk_label, headline, official_text
from central.fleet.models import Enrolment
from central.people.roles import Role
from protocol.case_status import CASE_STATUSES, CaseStatus, status_text
from protocol.centre_kind import CentreKind
from protocol.submission import Submission
from tests.unit.central.conftest import client_of, create_officer
from tests.unit.central.factories import actor_with
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.page_text import page_text

PROPOSAL = case_commands.ClosingInputs(outcome=Outcome.EXPLAINED.value, text="ได้ชี้แจงแล้ว")


@pytest.fixture
def district(khonkaen: Centre) -> Centre:
    return Centre.objects.create(
        parent=khonkaen, slug="nam-phong", area_code="4007", name_th="ศูนย์ดำรงธรรมอำเภอน้ำพอง", name_en="Nam Phong"
    )


def filed(kiosk: KioskClient, area: str) -> tuple[Submission, Case]:
    submission = kiosk.submission(area=area)
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    return submission, Case.objects.get(case_number=submission.case_number)


@pytest.mark.parametrize(
    ("area", "slug"),
    [
        ("400701", "nam-phong"),
        ("4007", "nam-phong"),
        ("400107", "khonkaen"),
        ("4001", "khonkaen"),
        ("40", "khonkaen"),
        ("", "khonkaen"),
        ("560101", "khonkaen"),
        ("103001", "khonkaen"),
        ("570901", "khonkaen"),
    ],
)
def test_a_case_filed_in_khon_kaen_goes_to_the_centre_of_its_place(
    kiosk: KioskClient, district: Centre, phayao: Centre, area: str, slug: str
) -> None:
    _, case = filed(kiosk, area)
    assert (case.centre.slug, case.status) == (slug, "received")


def test_a_kiosk_of_a_district_files_for_the_whole_province(kiosk: KioskClient, district: Centre) -> None:
    Enrolment.objects.update(centre=district)
    assert filed(kiosk, "400701")[1].centre == district
    assert filed(kiosk, "400107")[1].centre.slug == "khonkaen"
    assert filed(kiosk, "")[1].centre == district
    assert filed(kiosk, "560101")[1].centre == district


def test_a_kiosk_of_the_ministry_files_for_the_country(
    kiosk: KioskClient, ministry: Centre, district: Centre, phayao: Centre
) -> None:
    Enrolment.objects.update(centre=ministry)
    assert [filed(kiosk, area)[1].centre.slug for area in ("400701", "560101", "103001", "")] == [
        "nam-phong",
        "phayao",
        "moi",
        "moi",
    ]


def test_another_province_is_proposed_and_not_moved(kiosk: KioskClient, district: Centre, phayao: Centre) -> None:
    _, case = filed(kiosk, "560101")
    assert proposed_centre(case.area, case.centre) == phayao
    _, right = filed(kiosk, "400701")
    assert proposed_centre(right.area, right.centre) is None
    _, unknown = filed(kiosk, "570901")
    assert proposed_centre(unknown.area, unknown.centre) is None, "this place has no centre"


def test_an_inactive_centre_gets_no_new_cases_and_keeps_its_own(
    kiosk: KioskClient, district: Centre, khonkaen: Centre
) -> None:
    submission, old = filed(kiosk, "400701")
    Centre.objects.filter(pk=district.pk).update(is_active=False)
    assert filed(kiosk, "400701")[1].centre == khonkaen
    Enrolment.objects.update(centre=district)
    assert filed(kiosk, "")[1].centre == khonkaen
    old.refresh_from_db()
    assert (old.centre, proposed_centre(old.area, old.centre)) == (district, khonkaen)
    assert client_of(create_officer(district, "below")).get(f"/desk/cases/{submission.case_number}").status_code == 200


def test_a_new_district_centre_takes_new_cases(kiosk: KioskClient, khonkaen: Centre) -> None:
    _, waiting = filed(kiosk, "400701")
    assert waiting.centre == khonkaen
    row = centre_commands.row_of(khonkaen)
    district = centre_commands.create_centre(
        type(row)("nam-phong", "4007", "ศูนย์ดำรงธรรมอำเภอน้ำพอง", "Nam Phong", "khonkaen"), by=None
    )
    assert filed(kiosk, "400701")[1].centre == district
    assert proposed_centre("400701", khonkaen) == district


def test_district_and_province_see_the_case_and_other_districts_do_not(
    kiosk: KioskClient, district: Centre, khonkaen: Centre, officer: Officer
) -> None:
    other = Centre.objects.create(parent=khonkaen, slug="phon", area_code="4012", name_th="พล", name_en="Phon")
    submission, _ = filed(kiosk, "400701")
    address = f"/desk/cases/{submission.case_number}"
    assert client_of(officer).get(address).status_code == 200
    assert client_of(create_officer(district, "own")).get(address).status_code == 200
    assert client_of(create_officer(other, "other")).get(address).status_code == 404


def test_the_nearest_active_centre_of_a_code_decides(district: Centre, khonkaen: Centre, phayao: Centre) -> None:
    assert centre_for_area("400701", phayao) == district
    assert centre_for_area("4099", phayao) == khonkaen
    assert centre_for_area("4", phayao) == phayao
    assert centre_for_area("99", phayao) == phayao


def test_a_district_says_district_chief_with_its_name(district: Centre, khonkaen: Centre, ministry: Centre) -> None:
    chief = CaseStatus.TO_CHIEF
    assert official_text(chief, district, "th") == "เสนอนายอำเภอน้ำพองพิจารณา"
    assert official_text(chief, district, "en") == "With the district chief of Nam Phong"
    assert headline(chief, district, "th") == "นายอำเภอกำลังพิจารณาเรื่องของท่าน"
    assert desk_label(chief, district, "th") == "เสนอนายอำเภอ"
    assert official_text(chief, khonkaen, "th") == "เสนอหัวหน้าสำนักงานจังหวัดขอนแก่นพิจารณา"
    assert official_text(CaseStatus.IN_PROGRESS, district, "th") == "อยู่ระหว่างการดำเนินการของหน่วยงานหรืออำเภอ"
    assert official_text(CaseStatus.TO_DIRECTOR, ministry, "th") == "เสนอผู้อำนวยการศูนย์ดำรงธรรมกระทรวงมหาดไทยพิจารณา"


def test_the_wording_of_a_province_is_the_official_one() -> None:
    for status in CaseStatus:
        official = CASE_STATUSES[status].official
        assert status_text(status, "th", "ขอนแก่น") == official.th.format(province="ขอนแก่น")
        assert status_text(status, "th", "ขอนแก่น", CentreKind.PROVINCE, "น้ำพอง") == status_text(status, "th", "ขอนแก่น")


@pytest.mark.parametrize("kind", CentreKind)
def test_every_status_has_a_complete_sentence_at_every_kind_of_centre(kind: CentreKind) -> None:
    for status in CaseStatus:
        for language in ("th", "en"):
            sentence = status_text(status, language, "ขอนแก่น", kind, "น้ำพอง")
            assert sentence and "{" not in sentence


def step_texts(submission: Submission, language: str = "th") -> list[str]:
    """The steps that the API sends to a kiosk."""
    response = Client().post(
        "/api/v1/track",
        json.dumps({"code": submission.tracking_code, "language": language}),
        content_type="application/json",
    )
    return [step["text"] for step in response.json()["steps"]]


def test_kiosk_page_and_desk_say_district_chief(
    kiosk: KioskClient, district: Centre, officer: Officer, phayao: Centre
) -> None:
    submission, case = filed(kiosk, "400701")
    clerk = actor_with(district, Role.CASE_OFFICER)
    case_commands.take(case, clerk, seen_revision=None)
    case_commands.propose(case, clerk, seen_revision=None, content=PROPOSAL)
    case.refresh_from_db()
    assert case.current_status is CaseStatus.TO_CHIEF
    assert step_texts(submission)[-1] == "เสนอนายอำเภอน้ำพองพิจารณา"
    assert step_texts(submission, "en")[-1] == "With the district chief of Nam Phong"
    page = page_text(Client().post("/t", {"code": submission.tracking_code}))
    assert "เสนอนายอำเภอน้ำพองพิจารณา" in page and "นายอำเภอกำลังพิจารณาเรื่องของท่าน" in page
    desk = client_of(officer)
    assert "เสนอนายอำเภอน้ำพองพิจารณา" in page_text(desk.get(f"/desk/cases/{case.case_number}"))
    assert "เสนอนายอำเภอ" in page_text(desk.get("/desk/cases"))


def test_steps_before_a_move_keep_the_wording_of_their_centre(
    kiosk: KioskClient, district: Centre, khonkaen: Centre
) -> None:
    submission, case = filed(kiosk, "400701")
    clerk = actor_with(khonkaen, Role.DIRECTOR)
    case_commands.take(case, clerk, seen_revision=None)
    case_commands.propose(case, clerk, seen_revision=None, content=PROPOSAL)
    chief = actor_with(district, Role.DISTRICT_CHIEF)
    case_commands.return_proposal(case, chief, seen_revision=None, reason="เป็นเรื่องของจังหวัด")
    case_commands.move_centre(case, clerk, seen_revision=None, centre=khonkaen, reason="เกินอำนาจของอำเภอ")
    case_commands.take(case, clerk, seen_revision=None)
    case_commands.propose(case, clerk, seen_revision=None, content=PROPOSAL)
    texts = step_texts(submission)
    assert "เสนอนายอำเภอน้ำพองพิจารณา" in texts
    assert texts[-1] == "เสนอผู้อำนวยการกลุ่มงานศูนย์ดำรงธรรมจังหวัดขอนแก่นพิจารณา"
    district.slug = "renamed"
    district.save()
    assert step_texts(submission) == texts


def test_a_case_is_not_moved_to_an_inactive_centre(kiosk: KioskClient, district: Centre, khonkaen: Centre) -> None:
    _, case = filed(kiosk, "400107")
    Centre.objects.filter(pk=district.pk).update(is_active=False)
    district.refresh_from_db()
    with pytest.raises(case_commands.NotAllowedError, match="not active"):
        case_commands.move_centre(
            case, actor_with(khonkaen, Role.DIRECTOR), seen_revision=None, centre=district, reason="ในเขต"
        )


def test_the_page_of_a_case_proposes_the_centre_of_another_province(
    kiosk: KioskClient, khonkaen: Centre, phayao: Centre, officer: Officer
) -> None:
    _, case = filed(kiosk, "560101")
    shown = page_text(client_of(officer).get(f"/desk/cases/{case.case_number}"))
    assert 'id="proposed-centre"' in shown and phayao.name_th in shown
    case_commands.move_centre(
        case, actor_with(khonkaen, Role.DIRECTOR), seen_revision=None, centre=phayao, reason="เหตุเกิดที่พะเยา"
    )
    shown = page_text(client_of(create_officer(phayao, "there")).get(f"/desk/cases/{case.case_number}"))
    assert 'id="proposed-centre"' not in shown
