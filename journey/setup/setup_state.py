"""The state of a set-up: the page, what was answered, and what was tried with which result."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

FIRST_PAGE = "welcome"
Answers = Mapping[str, str]  # by name of the page
Pairs = tuple[tuple[str, str], ...]


class SetupTask(Enum):
    """What a page asks the machine to do."""

    OPEN = "open"  # a finished set-up, for the technician's PIN
    STICK = "stick"  # take the answers from a stick
    NETWORK = "network"
    LIST_WIFI = "list_wifi"
    CLOCK = "clock"
    CENTRE = "centre"
    TRUST = "trust"  # accept the certificate authority that the technician compared
    SAVE = "save"  # write the answers to kiosk.toml
    LIST_PRINTERS = "list_printers"
    LIST_SCANNERS = "list_scanners"
    CARD_READER = "card_reader"
    SCANNER = "scanner"
    PRINTER = "printer"
    SOUND = "sound"
    CALIBRATE = "calibrate"
    PIN = "pin"
    ENROL = "enrol"
    ENROL_STATUS = "enrol_status"
    RECOVERY_KEY = "recovery_key"  # read the recovery key of the disk
    FINISH = "finish"


@dataclass(frozen=True)
class TaskOutcome:
    """The result of a task. `passed` is None when only the technician can judge, by eye or ear, or when it still runs.

    `sentence` is a key of `journey.setup.sentences.SENTENCES`, or "fault:" and a staff code. `options` are what a list
    contains, as value and text.
    """

    passed: bool | None
    sentence: str
    detail: str = field(default="", repr=False)
    options: Pairs = ()
    answers: Pairs = field(default=(), repr=False)


@dataclass(frozen=True)
class Setup:
    """A set-up that is under way."""

    page: str = FIRST_PAGE
    answers: Pairs = field(default=(), repr=False)
    outcomes: tuple[tuple[str, TaskOutcome], ...] = ()  # the last one by page
    skipped: tuple[str, ...] = ()
    running: SetupTask | None = None
    task_number: int = 0  # of the last task that was started; results of earlier ones are dropped
    wrong: str = ""  # message id: why the answer is not accepted
    reopened: bool = False  # by a technician, after the set-up was finished

    def answer(self, page: str) -> str:
        return dict(self.answers).get(page, "")

    def outcome(self, page: str) -> TaskOutcome | None:
        return dict(self.outcomes).get(page)

    def with_answers(self, answers: Answers) -> "Setup":
        return replace(self, answers=tuple((dict(self.answers) | dict(answers)).items()))

    def with_outcome(self, page: str, outcome: TaskOutcome) -> "Setup":
        skipped = tuple(name for name in self.skipped if name != page)
        return replace(self, outcomes=tuple((dict(self.outcomes) | {page: outcome}).items()), skipped=skipped)
