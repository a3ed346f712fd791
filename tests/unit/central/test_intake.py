"""The intake: each submission becomes one case, nothing is lost, nothing is accepted from strangers."""

import hashlib
import json
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from central import cli
from central.alarms.models import Alarm
from central.cases.models import Case, CaseEvent, Complainant, LetterPage
from central.centres.models import Centre, Officer
from central.fleet import enrolments
from central.identity_crypto import citizen_id_hash, decrypt_citizen_id, tracking_hash
from central.intake.models import AcceptedDelivery, Part, PartChunk
from central.keyring import keyring
from protocol import envelope, keys
from protocol.choices import NameDisclosure
from protocol.encoding import from_base64, to_base64
from protocol.messages import Delivery, Problem
from protocol.submission import Contact, Submission
from simulators.kiosk import CITIZEN_ID, JPEG
from tests.unit.central.conftest import create_officer
from tests.unit.central.kiosk_client import ClientResponse, KioskClient


def problem(answer: ClientResponse, status: int) -> dict[str, Any]:
    """The RFC 9457 problem of a refusal. Fails when the response is none."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.content)
    assert Problem.model_validate(body).status == status
    assert "Traceback" not in answer.content.decode()
    return body


def nothing_stored() -> bool:
    return not (AcceptedDelivery.objects.exists() or Case.objects.exists() or PartChunk.objects.exists())


def test_a_letter_becomes_a_case_and_is_receipted(kiosk: KioskClient, khonkaen: Centre) -> None:
    letter = kiosk.letter_submission(2)
    pages = kiosk.sealed_pages(letter)
    for page in pages:
        assert kiosk.upload(page).status_code == 204
    delivery = kiosk.delivery(letter, pages)

    statement = kiosk.verify_receipt(kiosk.deliver(delivery))

    assert statement.submission_id == letter.submission_id
    assert statement.case_number == "KKN07A-000001-" + letter.case_number[-2:]
    assert statement.parts == tuple(part.sha256 for part in delivery.parts)
    case = Case.objects.get(case_number=letter.case_number)
    assert (case.centre, case.text, case.status, case.topic) == (khonkaen, letter.text, "received", "utilities")
    assert case.receipt_confirmed is True
    assert [event.status for event in case.events.all()] == ["received"]
    stored = list(case.pages.all())
    assert [page.index for page in stored] == [0, 1]
    assert stored[1].picture.read().startswith(JPEG)
    stored[1].picture.close()
    assert not PartChunk.objects.exists(), "opened pages need no sealed copy"
    assert not Alarm.objects.exists()


def test_the_code_and_the_id_number_are_not_in_the_database(kiosk: KioskClient) -> None:
    submission = kiosk.submission()
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))

    case, person = Case.objects.get(), Complainant.objects.get()
    assert (person.full_name, person.phone, person.citizen_id_last4) == ("นางบุญมา ใจดี", "0812345678", CITIZEN_ID[-4:])
    assert decrypt_citizen_id(bytes(person.citizen_id_encrypted)) == CITIZEN_ID
    assert person.citizen_id_hash == citizen_id_hash(CITIZEN_ID)
    rows = [row for table in (Case, Complainant, AcceptedDelivery, CaseEvent) for row in table.objects.values()]
    assert submission.tracking_code not in str(rows)
    assert CITIZEN_ID not in str(rows)
    assert case.tracking_hash == tracking_hash(submission.tracking_code)


def test_an_anonymous_citizen_has_no_person_row(kiosk: KioskClient) -> None:
    submission = kiosk.submission(naming=NameDisclosure.ANONYMOUS, identity=None, contact=Contact())
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    assert Case.objects.count() == 1
    assert not Complainant.objects.exists()


def test_a_repeat_gets_the_same_receipt_byte_for_byte(kiosk: KioskClient) -> None:
    submission = kiosk.submission()
    delivery = kiosk.delivery(submission, receipt_confirmed=None)
    first = kiosk.deliver(delivery)
    later = delivery.model_copy(
        update={"sent": delivery.sent.model_copy(update={"monotonic_ms": 9_000_000}), "receipt_confirmed": False}
    )
    second = kiosk.deliver(later)
    assert kiosk.verify_receipt(first) == kiosk.verify_receipt(second)
    assert first.content == second.content
    assert Case.objects.get().receipt_confirmed is False, "the repeat contained the citizen's reply"
    assert not Alarm.objects.exists()


def test_a_repeat_after_a_lost_receipt_needs_no_parts_again(kiosk: KioskClient) -> None:
    letter = kiosk.letter_submission(1)
    (page,) = kiosk.sealed_pages(letter)
    kiosk.upload(page)
    delivery = kiosk.delivery(letter, [page])
    first = kiosk.deliver(delivery)
    held = kiosk.send_signed_request("HEAD", f"/api/v1/parts/{delivery.parts[0].sha256}")
    assert (held.status_code, held["Upload-Complete"]) == (200, "?1")
    assert kiosk.deliver(delivery).content == first.content


def test_a_second_content_under_one_id_is_refused_and_raises_an_alarm(kiosk: KioskClient) -> None:
    first = kiosk.submission()
    receipt = kiosk.deliver(kiosk.delivery(first))
    other = kiosk.submission(submission_id=first.submission_id, text="อย่างอื่น")
    for _ in range(2):
        problem(kiosk.deliver(kiosk.delivery(other)), 422)
    assert Alarm.objects.get().kind == Alarm.Kind.CONFLICT
    assert Case.objects.get().text == first.text
    assert kiosk.verify_receipt(receipt).case_number == first.case_number


def test_the_idempotency_key_is_the_submission_id(kiosk: KioskClient) -> None:
    delivery = kiosk.delivery(kiosk.submission())
    problem(kiosk.deliver(delivery, key="another"), 422)
    assert nothing_stored()
    kiosk.verify_receipt(kiosk.deliver(delivery, key=f'"{delivery.submission_id}"'))


def quarantined(kiosk: KioskClient, answer: ClientResponse) -> AcceptedDelivery:
    """The one accepted delivery, which is in quarantine with an alarm instead of a case."""
    statement = kiosk.verify_receipt(answer)
    accepted = AcceptedDelivery.objects.get(submission_id=statement.submission_id)
    assert accepted.case is None
    assert statement.sealed_sha256.encode() in bytes(accepted.delivery)
    alarm = Alarm.objects.get(kind=Alarm.Kind.QUARANTINED)
    assert (alarm.case_number, alarm.detail) == (accepted.case_number, accepted.quarantine_reason)
    return accepted


def test_a_delivery_sealed_to_an_unknown_key_is_quarantined(kiosk: KioskClient) -> None:
    delivery = kiosk.delivery(kiosk.submission(), sealing_key="0" * 32)
    assert "key" in quarantined(kiosk, kiosk.deliver(delivery)).quarantine_reason
    assert not Case.objects.exists()


def test_a_delivery_sealed_for_another_kiosk_is_quarantined(kiosk: KioskClient) -> None:
    delivery = kiosk.delivery(kiosk.submission(), kiosk_id="KKN08")
    assert "KKN07" in quarantined(kiosk, kiosk.deliver(delivery)).quarantine_reason


def test_a_delivery_with_a_changed_seal_is_quarantined(kiosk: KioskClient) -> None:
    delivery = kiosk.delivery(kiosk.submission())
    sealed = bytearray(from_base64(delivery.sealed))
    sealed[-1] ^= 1
    response = kiosk.deliver(delivery.model_copy(update={"sealed": to_base64(bytes(sealed))}))
    assert "hash" in quarantined(kiosk, response).quarantine_reason


def test_an_error_in_the_plaintext_names_the_field_and_not_its_value(kiosk: KioskClient) -> None:
    submission = kiosk.submission()
    body = submission.model_dump_json().replace('"version":1', '"version":2').replace("ไฟถนน", "ลับมาก")
    sealed = kiosk.seal(submission, envelope.SUBMISSION_PART, body.encode())
    delivery = kiosk.delivery(submission)
    changed = {"sealed": to_base64(sealed), "sealed_sha256": hashlib.sha256(sealed).hexdigest()}
    accepted = quarantined(kiosk, kiosk.deliver(delivery.model_copy(update=changed)))
    assert "version" in accepted.quarantine_reason
    assert "ลับมาก" not in accepted.quarantine_reason


def newer_delivery(kiosk: KioskClient, submission: Submission, **additions: Any) -> Delivery:
    """A delivery whose submission has fields and values unknown to this version."""
    body = json.dumps(json.loads(submission.model_dump_json()) | additions).encode()
    sealed = kiosk.seal(submission, envelope.SUBMISSION_PART, body)
    changed = {"sealed": to_base64(sealed), "sealed_sha256": hashlib.sha256(sealed).hexdigest()}
    return kiosk.delivery(submission).model_copy(update=changed)


def test_a_newer_kiosks_unknown_fields_are_stored_for_the_officer(kiosk: KioskClient) -> None:
    submission = kiosk.submission()
    additions = {"topic": "flood", "nature": "petition", "email": "boonma@example.com"}
    kiosk.verify_receipt(kiosk.deliver(newer_delivery(kiosk, submission, **additions)))
    case = Case.objects.get()
    assert (case.topic, case.nature, case.text) == ("unsure", "complaint", submission.text)
    assert case.newer_content == {"topic": "flood", "nature": "petition"}
    assert case.complainant.newer_content == {"email": "boonma@example.com"}, "covered like name and telephone number"
    assert not Alarm.objects.exists()


def test_a_name_with_an_unknown_disclosure_is_withheld(kiosk: KioskClient) -> None:
    kiosk.verify_receipt(kiosk.deliver(newer_delivery(kiosk, kiosk.submission(), naming="pseudonym")))
    assert Case.objects.get().is_name_withheld


def test_unknown_fields_of_an_anonymous_submission_are_stored_with_the_case(kiosk: KioskClient) -> None:
    anonymous = kiosk.submission(naming=NameDisclosure.ANONYMOUS, identity=None, contact=Contact())
    kiosk.verify_receipt(kiosk.deliver(newer_delivery(kiosk, anonymous, urgency="\x00high")))
    assert Case.objects.get().newer_content == {"urgency": "high"}
    assert not Complainant.objects.exists()


def test_a_delivery_with_further_fields_is_accepted_and_its_repeat_is_the_same(kiosk: KioskClient) -> None:
    delivery = kiosk.delivery(kiosk.submission())
    body = json.loads(delivery.model_dump_json()) | {"priority": "high"}
    body["moment"] |= {"quality": "gnss", "leap_seconds": 37}
    responses = [
        kiosk.send_signed_request(
            "POST", "/api/v1/submissions", json.dumps(body).encode(), Idempotency_Key=str(delivery.submission_id)
        )
        for _ in range(2)
    ]
    assert responses[0].content == responses[1].content
    assert kiosk.verify_receipt(responses[0]).submission_id == delivery.submission_id


def test_every_answer_states_the_protocol_versions(kiosk: KioskClient) -> None:
    for response in (
        kiosk.deliver(kiosk.delivery(kiosk.submission())),
        kiosk.send_signed_request("HEAD", f"/api/v1/parts/{'0' * 64}"),
        Client().post("/api/v1/track", {"code": "x"}, content_type="application/json"),
        Client().post("/api/v1/track", b"no JSON", content_type="application/json"),
    ):
        assert response["Protocol-Versions"] == "1"


def test_a_case_number_in_use_is_quarantined(kiosk: KioskClient) -> None:
    first = kiosk.submission()
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(first)))
    second = kiosk.submission(case_number=first.case_number)
    assert "in use" in quarantined(kiosk, kiosk.deliver(kiosk.delivery(second))).quarantine_reason
    assert Case.objects.count() == 1


def test_a_case_number_of_an_unknown_series_is_quarantined(kiosk: KioskClient) -> None:
    unknown_series = kiosk.submission(case_number="KKN07B-000001-84")
    accepted = quarantined(kiosk, kiosk.deliver(kiosk.delivery(unknown_series)))
    assert "case number" in accepted.quarantine_reason.lower()


def test_pages_and_parts_that_do_not_match_leave_no_picture(kiosk: KioskClient) -> None:
    letter = kiosk.letter_submission(2)
    (page, _) = kiosk.sealed_pages(letter)
    kiosk.upload(page)
    quarantined(kiosk, kiosk.deliver(kiosk.delivery(letter, [page])))
    assert not LetterPage.objects.exists()
    assert not default_storage.exists("pages")
    assert PartChunk.objects.exists(), "the sealed page waits with its delivery"


def test_a_quarantined_delivery_opens_after_its_reason_is_removed(kiosk: KioskClient, tmp_path: Any) -> None:
    letter = kiosk.letter_submission(1)
    (page,) = kiosk.sealed_pages(letter)
    kiosk.upload(page)
    path = keyring().directory / "sealing" / f"{keys.fingerprint(kiosk.sealing_key)}.pem"
    path.rename(tmp_path / "mislaid.pem")
    accepted = quarantined(kiosk, kiosk.deliver(kiosk.delivery(letter, [page])))

    assert cli.main(["quarantine", "open", "all"]) == 2
    (tmp_path / "mislaid.pem").rename(path)
    assert cli.main(["quarantine", "open", str(accepted.submission_id)]) == 0
    case = Case.objects.get()
    assert (case.case_number, case.pages.count()) == (letter.case_number, 1)
    assert Alarm.objects.get().settled_at is not None
    assert cli.main(["quarantine", "open", accepted.case_number]) == 2, "no picture of that name remains"


def test_opening_a_delivery_settles_no_alarm_of_another_kiosk(
    kiosk: KioskClient, officer: Officer, khonkaen: Centre, phayao: Centre, tmp_path: Any
) -> None:
    """Outside the seal a kiosk can write any case number, also that of another kiosk."""
    other = KioskClient("PYO01")
    other.enrol()
    other.approved_by(create_officer(phayao, "elsewhere"), phayao)
    path = keyring().directory / "sealing" / f"{keyring().current_fingerprint('sealing')}.pem"
    path.rename(tmp_path / "mislaid.pem")
    own_submission = kiosk.submission()
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(own_submission)))
    other.verify_receipt(other.deliver(other.delivery(other.submission(), case_number=own_submission.case_number)))
    (tmp_path / "mislaid.pem").rename(path)

    assert cli.main(["quarantine", "open", str(own_submission.submission_id)]) == 0
    assert Alarm.objects.get(settled_at=None).centre == phayao


def test_the_quarantine_of_one_kiosk_is_limited(kiosk: KioskClient, settings: Any) -> None:
    settings.MAX_QUARANTINE_BYTES = 4000
    letter = kiosk.letter_submission(1)
    (page,) = kiosk.sealed_pages(letter)
    kiosk.upload(page)
    quarantined(kiosk, kiosk.deliver(kiosk.delivery(letter, [page], sealing_key="0" * 32)))
    for _ in range(2):
        refused = problem(kiosk.deliver(kiosk.delivery(kiosk.submission(), sealing_key="0" * 32)), 422)
        assert refused["title"] == "It cannot be opened, and this kiosk's quarantine is full"
    assert AcceptedDelivery.objects.count() == 1
    assert Alarm.objects.filter(kind=Alarm.Kind.FULL).count() == 1
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(kiosk.submission())))
    assert Case.objects.count() == 1, "deliveries that can be opened are still accepted"


def test_missing_parts_are_named(kiosk: KioskClient) -> None:
    letter = kiosk.letter_submission(2)
    pages = kiosk.sealed_pages(letter)
    kiosk.upload(pages[0])
    kiosk.upload(pages[1], end_offset=100)
    delivery = kiosk.delivery(letter, pages)
    assert problem(kiosk.deliver(delivery), 409)["missing"] == [delivery.parts[1].sha256]
    assert not AcceptedDelivery.objects.exists()
    kiosk.upload(pages[1], offset=100)
    kiosk.verify_receipt(kiosk.deliver(delivery))


def test_an_interrupted_part_upload_resumes(kiosk: KioskClient) -> None:
    (page,) = kiosk.sealed_pages(kiosk.letter_submission(1))
    path = f"/api/v1/parts/{hashlib.sha256(page).hexdigest()}"
    assert kiosk.send_signed_request("HEAD", path).status_code == 404
    assert kiosk.upload(page, end_offset=400)["Upload-Offset"] == "400"
    held = kiosk.send_signed_request("HEAD", path)
    assert (held["Upload-Offset"], held["Upload-Complete"]) == ("400", "?0")
    again = kiosk.upload(page, offset=0, end_offset=400)
    problem(again, 409)
    assert again["Upload-Offset"] == "400"
    assert kiosk.upload(page, offset=400)["Upload-Offset"] == str(len(page))
    assert kiosk.send_signed_request("HEAD", path)["Upload-Complete"] == "?1"


def test_a_part_that_does_not_match_its_hash_is_deleted(kiosk: KioskClient) -> None:
    (page,) = kiosk.sealed_pages(kiosk.letter_submission(1))
    wrong = bytes([page[0] ^ 1]) + page[1:]
    path = f"/api/v1/parts/{hashlib.sha256(page).hexdigest()}"
    response = kiosk.send_signed_request(
        "PATCH", path, wrong, Content_Type="application/octet-stream", Upload_Offset="0", Upload_Length=str(len(page))
    )
    problem(response, 422)
    assert kiosk.send_signed_request("HEAD", path).status_code == 404


def test_unclaimed_parts_have_a_quota(kiosk: KioskClient, settings: Any) -> None:
    settings.MAX_UNCLAIMED_PART_BYTES = 3000
    (first,), (second,), (third,) = (kiosk.sealed_pages(kiosk.letter_submission(1)) for _ in range(3))
    assert kiosk.upload(first).status_code == kiosk.upload(second).status_code == 204
    assert problem(kiosk.upload(third), 429)["title"] == "Too many parts wait for their submissions"
    Part.objects.update(touched_at="2026-01-01T00:00:00Z")
    assert kiosk.upload(third).status_code == 204, "parts unclaimed for a month are removed"


def test_an_oversized_body_is_refused_before_it_is_read(kiosk: KioskClient, settings: Any) -> None:
    page = b"x" * (settings.MAX_PART_BYTES + 1)
    problem(kiosk.upload(page), 413)
    problem(kiosk.send_signed_request("POST", "/api/v1/submissions", b" " * (settings.MAX_SUBMISSION_BYTES + 1)), 413)
    problem(kiosk.send_signed_request("POST", "/api/v1/heartbeats", b" " * (settings.MAX_SMALL_BODY_BYTES + 1)), 413)
    assert nothing_stored()


def test_unknown_keys_and_unsigned_requests_are_refused(kiosk: KioskClient) -> None:
    stranger = KioskClient("KKN07")
    stranger.enrolment_response = kiosk.enrolment_response
    problem(stranger.deliver(stranger.delivery(stranger.submission())), 401)
    unsigned = Client().post("/api/v1/submissions", "{}", content_type="application/json")
    problem(unsigned, 401)
    assert nothing_stored()


@pytest.mark.parametrize("garbage", ["", "kiosk=()", "kiosk=:AAAA:", "\u00e9", "sig1=:!!!:, kiosk"])
def test_a_malformed_signature_is_refused_and_stores_nothing(kiosk: KioskClient, garbage: str) -> None:
    headers = {"Content-Type": "application/json", "Signature": garbage, "Signature-Input": garbage}
    problem(kiosk.send("POST", "/api/v1/submissions", b"{}", headers), 401)


def test_an_unapproved_kiosk_may_only_query_its_enrolment(kiosk: KioskClient) -> None:
    waiting = KioskClient("KKN09")
    waiting.enrol()
    problem(waiting.deliver(waiting.delivery(waiting.submission())), 403)
    assert (
        waiting.send_signed_request("GET", f"/api/v1/enrolments/{waiting.enrolment_response.enrolment_id}").status_code
        == 200
    )


def test_a_revoked_kiosk_cannot_deliver(kiosk: KioskClient, officer: Officer) -> None:
    delivery = kiosk.delivery(kiosk.submission())
    enrolments.revoke(kiosk.enrolment_response.enrolment_id, officer)
    assert "revoked" in problem(kiosk.deliver(delivery), 403)["detail"]
    assert nothing_stored()


def test_an_invalid_delivery_is_a_problem_that_repeats_no_content(kiosk: KioskClient) -> None:
    body = json.dumps({"submission_id": "ความลับ"}).encode()
    response = kiosk.send_signed_request("POST", "/api/v1/submissions", body, Idempotency_Key="x")
    problem(response, 422)
    assert "ความลับ" not in json.dumps(json.loads(response.content), ensure_ascii=False)
    problem(kiosk.send_signed_request("POST", "/api/v1/submissions", b"not json", Idempotency_Key="x"), 400)


def test_a_delivery_of_an_earlier_series_becomes_a_case(kiosk: KioskClient, officer: Officer, khonkaen: Centre) -> None:
    waited = kiosk.submission()
    reinstalled = KioskClient("KKN07")
    reinstalled.enrol()
    reinstalled.approved_by(officer, khonkaen)
    assert reinstalled.enrolment_response.series == "B"
    reinstalled.verify_receipt(reinstalled.deliver(reinstalled.delivery(waited)))
    assert Case.objects.get().case_number == waited.case_number


def test_the_api_describes_itself_without_third_parties() -> None:
    described = Client().get("/api/openapi.json")
    assert "/api/v1/submissions" in described.json()["paths"]
    assert Client().get("/api/docs").status_code == 404
    problem(Client().get("/api/v1/nothing"), 404)
