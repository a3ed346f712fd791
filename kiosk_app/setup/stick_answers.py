"""The answers of a stick: checked, and remembered so that an old stick, or one of another centre, is refused."""

import json
from datetime import UTC, datetime
from pathlib import Path

from journey.setup.navigation import GIVEN_PAGES
from journey.setup.pages import PAGES_BY_NAME
from kiosk_app.outbox import Enrolment, OutboxError
from kiosk_app.setup.requests import Reply
from kiosk_app.setup_stick import machine_serial
from kiosk_app.unlocking import LOCKDOWN_STATE
from machine.safe_files import read_file, replace_file_atomically
from protocol.encoding import from_base64
from protocol.setup_stick import FILE_NAME, MAX_BYTES, PIN_HASH, SetupStickError, answers_for, read_stick

USED_FILE = "setup-stick.json"  # in the state directory, which belongs to root
_MAX_USED_BYTES = 4096


class StickAnswers:
    """`stick_dir` and `serial` are replaced by tests."""

    def __init__(self, state_dir: Path, stick_dir: Path = LOCKDOWN_STATE, serial: str | None = None) -> None:
        self._state_dir = state_dir
        self._stick_file = stick_dir / FILE_NAME
        self._serial = machine_serial() if serial is None else serial

    def use(self, *, is_finished: bool) -> Reply:
        """The answers for this machine. `is_finished`: whether the set-up was finished before."""
        try:
            content = read_file(self._stick_file, MAX_BYTES)
        except OSError:
            return Reply(passed=False, sentence="stick.missing", detail=self._serial)
        enrolment = _load_enrolment(self._state_dir)
        try:
            statement = read_stick(content, known_key=from_base64(enrolment.receipt_key) if enrolment else None)
            answers = answers_for(
                statement,
                self._serial,
                last_number=self._used()[0],
                is_finished=is_finished,
                now=datetime.now(UTC),
            )
        except SetupStickError as error:
            return Reply(passed=False, sentence=f"stick.{error.reason}", detail=self._serial)
        if wrong := _find_wrong_answer(answers):
            return Reply(passed=False, sentence="stick.wrong_answer", detail=wrong)
        used = json.dumps({"number": statement.number, "key": statement.receipt_key}).encode()
        replace_file_atomically(self._state_dir / USED_FILE, used, 0o600)
        page_names = ",".join(name for name in answers if name in PAGES_BY_NAME)
        return Reply(
            passed=True,
            sentence="stick.used",
            detail=answers.get("hall.kiosk_id", self._serial),
            answers=(*answers.items(), (GIVEN_PAGES, page_names)),
        )

    def is_of_centre(self, enrolment: Enrolment) -> bool:
        """Whether the stick that was used, if any, was signed by the centre of this enrolment."""
        key = self._used()[1]
        return key in ("", enrolment.receipt_key)

    def _used(self) -> tuple[int, str]:
        """Number and key of the stick used last; a damaged file counts as none."""
        try:
            used = json.loads(read_file(self._state_dir / USED_FILE, _MAX_USED_BYTES))
            return int(used["number"]), str(used["key"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0, ""


def _load_enrolment(state_dir: Path) -> Enrolment | None:
    try:
        return Enrolment.load(state_dir)
    except OutboxError:
        return None


def _find_wrong_answer(answers: dict[str, str]) -> str:
    """The name of an answer that the set-up would not accept; '' when all are good."""
    for name, answer in answers.items():
        page = PAGES_BY_NAME.get(name)
        if page is None:
            if name != PIN_HASH:
                return name
            continue
        allowed = {value for value, _label in page.options}
        if page.check(answer) or (allowed and answer not in allowed):
            return name
    return ""
