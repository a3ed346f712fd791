"""The stick with signed settings: whose it is, for which machine, and that it is used once."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from journey.setup.navigation import GIVEN_PAGES
from journey.setup.pages import PAGES_BY_NAME
from kiosk_app.permit_stick import read_setup_from_disk
from kiosk_app.setup.stick_answers import StickAnswers
from kiosk_app.setup_stick import keep_stick, machine_serial
from protocol import keys
from protocol.setup_stick import ANSWER_NAMES, FILE_NAME, PIN_HASH, SetupStatement, receipt_key_of, sign_stick
from tests.outbox_samples import CENTRE_KEYS, enrolment

NOW = datetime.now(UTC)
ANSWERS = {"network.kind": "dhcp", "hall.kiosk_id": "KKN12", "hall.name_th": "ศาลากลาง"}


def make_stick(**changed: object) -> bytes:
    statement = SetupStatement(
        number=7,
        issued=NOW,
        expires=NOW + timedelta(days=30),
        receipt_key=receipt_key_of(CENTRE_KEYS.receipts),
        machines={"SN-1": ANSWERS, "SN-2": {"hall.kiosk_id": "KKN13"}},
    )
    return sign_stick(statement.model_copy(update=changed), CENTRE_KEYS.receipts).to_bytes()


def use(
    tmp_path: Path, content: bytes, serial: str = "SN-1", *, is_finished: bool = False
) -> tuple[str, dict[str, str]]:
    keep_stick(content, tmp_path)
    reply = StickAnswers(tmp_path, tmp_path, serial).use(is_finished=is_finished)
    return reply.sentence, dict(reply.answers)


def test_every_answer_of_a_stick_has_its_page() -> None:
    assert [name for name in ANSWER_NAMES if name not in PAGES_BY_NAME] == [PIN_HASH]
    typed = {name for name, page in PAGES_BY_NAME.items() if page.kind.value == "text"}
    assert typed - set(ANSWER_NAMES) == {"open.pin", "clock.time", "printer.address", "pin.new", "pin.again"}


def test_a_machine_gets_its_own_answers(tmp_path: Path) -> None:
    sentence, answers = use(tmp_path, make_stick())
    assert sentence == "stick.used"
    assert answers == ANSWERS | {GIVEN_PAGES: ",".join(answers)[: -len(GIVEN_PAGES) - 1]}
    assert use(tmp_path, make_stick(), "SN-2")[1]["hall.kiosk_id"] == "KKN13"


def test_a_stick_is_refused_in_a_sentence(tmp_path: Path) -> None:
    assert use(tmp_path, make_stick(), "SN-3")[0] == "stick.foreign"
    assert use(tmp_path, b"{}")[0] == "stick.unreadable"
    changed = make_stick().replace(b'"signature": "', b'"signature": "AAAA')
    assert use(tmp_path, changed)[0] in ("stick.signature", "stick.unreadable")
    other = sign_stick(
        SetupStatement(
            number=7,
            issued=NOW,
            expires=NOW + timedelta(days=1),
            receipt_key=receipt_key_of(CENTRE_KEYS.receipts),
            machines={"SN-1": ANSWERS},
        ),
        keys.new_signing_key(),
    ).to_bytes()
    assert use(tmp_path, other)[0] == "stick.signature"
    past = make_stick(issued=NOW - timedelta(days=9), expires=NOW - timedelta(days=1))
    assert use(tmp_path, past)[0] == "stick.expired"
    assert use(tmp_path, make_stick(machines={"SN-1": {"network.kind": "carrier pigeon"}}))[0] == "stick.wrong_answer"
    assert StickAnswers(tmp_path, tmp_path / "nothing", "SN-1").use(is_finished=False).sentence == "stick.missing"


def test_a_stick_continues_a_set_up_and_begins_no_second_one(tmp_path: Path) -> None:
    assert use(tmp_path, make_stick())[0] == "stick.used"
    assert use(tmp_path, make_stick())[0] == "stick.used", "a power cut in between"
    assert use(tmp_path, make_stick(), is_finished=True)[0] == "stick.replay"
    assert use(tmp_path, make_stick(number=8), is_finished=True)[0] == "stick.used"
    assert use(tmp_path, make_stick())[0] == "stick.replay", "an older one"


def test_the_enrolment_must_be_at_the_centre_that_signed(tmp_path: Path) -> None:
    stick = StickAnswers(tmp_path, tmp_path, "SN-1")
    assert stick.is_of_centre(enrolment()), "no stick was used"
    use(tmp_path, make_stick())
    assert stick.is_of_centre(enrolment())
    stranger = keys.new_signing_key()
    assert not stick.is_of_centre(enrolment().model_copy(update={"receipt_key": receipt_key_of(stranger)}))


def test_an_enrolled_kiosk_knows_its_centre(tmp_path: Path) -> None:
    (tmp_path / "delivery").mkdir()
    enrolment().save(tmp_path)
    assert use(tmp_path, make_stick())[0] == "stick.used"
    stranger = receipt_key_of(keys.new_signing_key())
    enrolment().model_copy(update={"receipt_key": stranger}).save(tmp_path)
    assert use(tmp_path, make_stick(number=9))[0] == "stick.other_centre"


@pytest.mark.skipif(not shutil.which("mformat"), reason="mtools is not installed")
def test_the_file_is_read_from_a_stick_that_stays_locked(tmp_path: Path) -> None:
    image, file = tmp_path / "stick", tmp_path / FILE_NAME
    file.write_bytes(make_stick())
    subprocess.run(["mformat", "-C", "-i", image, "-f", "1440", "::"], check=True)
    subprocess.run(["mcopy", "-i", image, file, f"::{FILE_NAME}"], check=True)
    assert read_setup_from_disk(image, [0]) == file.read_bytes()


def test_the_serial_number_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "board").write_bytes(b"10000000abcd\0")
    assert machine_serial((tmp_path / "missing", tmp_path / "board")) == "10000000abcd"
    assert machine_serial((tmp_path / "missing",)) == ""
