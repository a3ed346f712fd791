"""A case that is filed at the centre itself, whatever its channel: number, code, once per key, files, times, place."""

import itertools
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from central.cases import history, reading
from central.cases.attachments import prepare_files
from central.cases.commands import Actor
from central.cases.models import Attachment, Case, Complainant, LetterPage
from central.centres.models import Centre
from central.channels import Channel
from central.deadlines.calculation import start_of_clock
from central.documents.models import Document
from central.filing import file_case as filing
from central.filing.case_numbers import SeriesUsedUpError, begin_new_series, next_case_number
from central.filing.file_case import FiledCase, FilingError, file_case
from central.filing.models import CaseNumberSeries, FiledSubmission
from central.fleet.enrolments import EnrolmentError, request_enrolment
from central.notices.models import NoticeConsent
from central.tracking.lookup import find_case_status
from protocol import case_number
from protocol.choices import IdentitySource, NameDisclosure
from protocol.consent_texts import SMS_CONSENT
from protocol.encoding import to_base64
from protocol.messages import EnrolmentRequest
from protocol.submission import Consents, Contact, Identity, SubmissionContent
from protocol.topics import Topic
from tests.unit.central import sample_files
from tests.unit.central.at_once import succeeded
from thai.dates import day_in_thailand
from thai.places import provinces
from thai.province_letters import PROVINCE_LETTERS


def content(**changes: Any) -> SubmissionContent:
    values: dict[str, Any] = {
        "topic": Topic.UTILITIES,
        "area": "400101",
        "text": "ไฟฟ้าดับทุกคืน",
        "naming": NameDisclosure.NAMED,
        "identity": Identity(first_name="บุญมา ใจดี"),
        "identity_source": IdentitySource.TYPED,
        "contact": Contact(phone="0812345678"),
        "notice_version": "2569-01",
        "notice_accepted_at": timezone.now(),
    }
    return SubmissionContent(**{**values, **changes})


def filed(submitted: SubmissionContent | None = None, **changes: Any) -> FiledCase:
    arguments: dict[str, Any] = {"channel": Channel.WEB, "key": uuid4(), "filed_at": timezone.now(), **changes}
    return file_case(submitted or content(), **arguments)


def photo(name: str = "หลุม.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, sample_files.photo())


def test_the_case_has_a_number_of_its_province_and_is_found_by_its_code(khonkaen: Centre) -> None:
    first, second = filed(), filed()
    numbers = [case_number.parse(each.case.case_number) for each in (first, second)]
    assert [(number.kiosk, number.series, number.running) for number in numbers] == [
        ("KKN00", "A", 1),
        ("KKN00", "A", 2),
    ]
    assert (first.case.channel, first.case.centre, first.case.status) == ("web", khonkaen, "received")
    assert first.code is not None
    assert first.code != second.code
    tracked = find_case_status(first.code, "th", "192.0.2.1").case
    assert tracked is not None
    assert tracked.case.case_number == first.case.case_number
    assert history.verify_case(first.case) is None
    assert Complainant.objects.get(case=first.case).phone == "0812345678"


def test_the_same_key_gives_the_same_case_and_code_and_stores_nothing(khonkaen: Centre) -> None:
    key, sent = uuid4(), content()
    first = filed(sent, key=key)
    again = filed(sent.model_copy(update={"notice_accepted_at": timezone.now()}), key=key)
    assert (again.case, again.code, again.is_new, again.has_same_content) == (first.case, first.code, False, True)
    other = filed(content(text="อีกเรื่อง"), key=key)
    assert (other.case, other.is_new, other.has_same_content) == (first.case, False, False)
    assert filed(sent, key=key, channel=Channel.LINE).case != first.case
    assert Case.objects.count() == 2


def test_neither_key_nor_code_is_stored(khonkaen: Centre) -> None:
    key = uuid4()
    case = filed(key=key)
    stored = " ".join(str(row) for row in [*FiledSubmission.objects.values(), *Case.objects.values()])
    assert str(key) not in stored
    assert key.hex not in stored
    assert case.code
    assert case.code not in stored


@pytest.mark.django_db(transaction=True)
def test_the_same_sending_twice_at_one_moment_is_one_case(khonkaen: Centre) -> None:
    key, sent = uuid4(), content()
    cases: list[int] = []

    def send() -> bool:
        cases.append(filed(sent, key=key).case.pk)
        return True

    assert succeeded(send, send, send) == 3
    assert (len(set(cases)), Case.objects.count()) == (1, 1)


def test_a_new_code_is_not_undone_by_an_old_sending(khonkaen: Centre) -> None:
    key, sent = uuid4(), content()
    Case.objects.filter(pk=filed(sent, key=key).case.pk).update(tracking_hash="0" * 64)
    assert filed(sent, key=key).code is None


def test_a_case_without_a_code_is_found_by_nobody(khonkaen: Centre) -> None:
    key = uuid4()
    without = filed(key=key, channel=Channel.IMPORT, with_code=False)
    assert without.code is None
    would_be = filed(key=key, channel=Channel.POST).code
    assert would_be is not None
    hashes = Case.objects.values_list("tracking_hash", flat=True)
    assert len(set(hashes)) == 2


def test_an_anonymous_case_names_nobody_whatever_was_sent(khonkaen: Centre) -> None:
    sent = content(naming=NameDisclosure.ANONYMOUS, consents=Consents(sms=True, sms_text=SMS_CONSENT))
    case = filed(sent).case
    assert not Complainant.objects.filter(case=case).exists()
    assert not NoticeConsent.objects.exists()
    assert not case.consent_sms


@pytest.mark.parametrize(
    ("channel", "given_by"), [(Channel.WEB, "web"), (Channel.LINE, "line"), (Channel.PHONE_1567, "counter")]
)
def test_the_consent_to_notices_says_where_it_was_given(khonkaen: Centre, channel: Channel, given_by: str) -> None:
    case = filed(content(consents=Consents(sms=True, sms_text=SMS_CONSENT)), channel=channel).case
    consent = NoticeConsent.objects.get(case=case)
    assert (consent.given_by, consent.text_version, consent.address) == (given_by, SMS_CONSENT, "+66812345678")
    assert consent.text


def test_a_case_that_is_entered_later_begins_when_it_was_filed(khonkaen: Centre, intake: Actor) -> None:
    filed_at = timezone.now() - timedelta(days=9)
    case = filed(channel=Channel.POST, filed_at=filed_at, by=intake.officer, centre=khonkaen).case
    assert (case.filing_time_quality, case.filed_at) == ("stated", filed_at)
    assert case.clock_start == start_of_clock(filed_at, case.received_at, is_filing_time_trusted=True)[0]
    event = case.events.get()
    assert (event.actor, event.by, day_in_thailand(event.at)) == ("officer", intake.officer, day_in_thailand(filed_at))


def test_a_case_that_is_filed_now_has_the_time_of_the_centre(khonkaen: Centre) -> None:
    ahead = filed(filed_at=timezone.now() + timedelta(minutes=2)).case
    assert (ahead.filing_time_quality, ahead.filed_at) == ("centre_clock", ahead.received_at)
    assert ahead.events.get().actor == "citizen"


@pytest.mark.parametrize("filed_at", [timezone.now() + timedelta(days=1), datetime.fromisoformat("1990-01-01T00:00Z")])
def test_an_impossible_day_is_one_sentence_and_nothing_is_stored(khonkaen: Centre, filed_at: datetime) -> None:
    with pytest.raises(FilingError) as refused:
        filed(filed_at=filed_at)
    assert refused.value.sentence.th
    assert not Case.objects.exists()
    assert not CaseNumberSeries.objects.exists()


def test_photos_are_attached_and_letters_are_pages_and_both_are_read(khonkaen: Centre) -> None:
    case = filed(files=prepare_files([photo()]), pages=prepare_files([photo("หนังสือ.jpg")])).case
    attachment, page = Attachment.objects.get(case=case), LetterPage.objects.get(case=case)
    assert attachment.event == case.events.get()
    assert [each["sha256"] for each in attachment.event.payload["files"]] == [attachment.sha256]
    assert (page.index, page.width, page.height, page.text) == (0, 60, 40, "")
    assert Document.objects.filter(case=case).count() == 2


def test_photos_of_a_withheld_name_are_covered_like_a_letter(khonkaen: Centre, intake: Actor) -> None:
    case = filed(content(naming=NameDisclosure.WITHHELD), files=prepare_files([photo()])).case
    assert intake.officer is not None
    with pytest.raises(reading.ReadingDeniedError):
        reading.open_attachment(intake.officer, case, case.attachments.get().pk)
    disclosed = filed(files=prepare_files([photo()])).case
    assert reading.open_attachment(intake.officer, disclosed, disclosed.attachments.get().pk)


def test_a_page_that_is_no_picture_is_refused(khonkaen: Centre) -> None:
    with pytest.raises(FilingError, match="must be pictures"):
        filed(pages=prepare_files([SimpleUploadedFile("a.pdf", sample_files.pdf())]))


def test_a_failure_leaves_neither_file_nor_gap(khonkaen: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    files = prepare_files([photo()])
    with monkeypatch.context() as patch:
        patch.setattr(filing, "store_complainant", fail)
        with pytest.raises(RuntimeError):
            filed(files=files)
    assert not Case.objects.exists()
    directories, _ = default_storage.listdir(".") if default_storage.exists(".") else ([], [])
    stored = [default_storage.listdir(f"attachments/{each}")[1] for each in _subdirectories(directories)]
    assert list(itertools.chain(*stored)) == []
    assert filed().case.case_number.startswith("KKN00A-000001-")


def _subdirectories(directories: list[str]) -> list[str]:
    return default_storage.listdir("attachments")[0] if "attachments" in directories else []


def test_the_place_decides_the_centre(khonkaen: Centre, phayao: Centre) -> None:
    assert filed(content(area="560101")).case.centre == phayao
    assert filed(content(area="560101"), centre=khonkaen).case.centre == khonkaen, "it waits where it was filed"
    elsewhere = filed(content(area="")).case
    assert elsewhere.centre.parent is None
    assert elsewhere.case_number.startswith("MOI00A-000001-")
    Centre.objects.filter(pk=phayao.pk).update(is_active=False)
    assert filed(content(area="")).case.centre == khonkaen, "the only province takes what has no place"


def test_an_installation_without_a_centre_says_so(db: None) -> None:
    with pytest.raises(FilingError, match="no centre"):
        filed()


def test_a_full_series_goes_on_with_the_next_letter(khonkaen: Centre) -> None:
    CaseNumberSeries.objects.create(issuer="KKN00", series="A", last_number=case_number.MAX_RUNNING_NUMBER)
    assert str(next_case_number(khonkaen)).startswith("KKN00B-000001-")
    CaseNumberSeries.objects.update(series="Z", last_number=case_number.MAX_RUNNING_NUMBER)
    with pytest.raises(SeriesUsedUpError):
        next_case_number(khonkaen)


def test_numbers_are_never_repeated_after_a_loss(khonkaen: Centre) -> None:
    filed()
    begin_new_series()
    assert filed().case.case_number.startswith("KKN00B-000001-")
    CaseNumberSeries.objects.all().delete()
    assert filed().case.case_number.startswith("KKN00C-000001-")


def test_no_kiosk_has_the_number_of_a_centre(khonkaen: Centre) -> None:
    request = EnrolmentRequest(kiosk_id="KKN00", signing_key=to_base64(bytes(32)), hall="ศาลากลาง")
    with pytest.raises(EnrolmentError, match="count from 01"):
        request_enrolment(request)


def test_every_province_has_letters_of_its_own() -> None:
    assert set(PROVINCE_LETTERS) == {province.code for province in provinces()}
    assert len({*PROVINCE_LETTERS.values(), "MOI"}) == len(PROVINCE_LETTERS) + 1
    for letters in PROVINCE_LETTERS.values():
        assert case_number.is_kiosk_id(case_number.centre_id(letters))


def test_another_channel_and_key_give_another_code(khonkaen: Centre) -> None:
    key = UUID(int=7)
    codes = [filed(key=key, channel=channel).code for channel in (Channel.WEB, Channel.LINE, Channel.COUNTER)]
    assert len(set(codes)) == 3
