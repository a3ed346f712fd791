"""What the kiosk has promised its citizens, and whether disk and centre keep it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from simulators.demo_environment import DemoEnvironment, fetch_tracking_status
from tests.image_trial.guest_files import KIOSK_ID, export_outbox
from tests.image_trial.installed_disk import InstalledDisk
from tests.torture.headless_kiosk import CANARY

_LETTERS = "กขคงจชดตนบปผพมยรลวสห"


@dataclass
class Visit:
    """One visit. `text` is the complaint, different in each. `is_sent`: the citizen has touched *send*.
    `is_confirmed`: the display has shown the receipt. `code`: the tracking code on the paper, '' without paper."""

    text: str
    is_sent: bool = False
    is_confirmed: bool = False
    code: str = field(default="", repr=False)


class Promises:
    """The visits so far. `expect` is called with each promise: whether it holds, and a sentence about it."""

    def __init__(self, expect: Callable[[bool, str], None]) -> None:
        self.visits: list[Visit] = []
        self._expect = expect

    def begin_visit(self) -> Visit:
        """A visit with a text of its own, which has the canary of the torture tests."""
        first, second = divmod(len(self.visits), len(_LETTERS))
        self.visits.append(Visit(CANARY + _LETTERS[second] + _LETTERS[first]))
        return self.visits[-1]

    @property
    def confirmed(self) -> int:
        """How many visits were confirmed on the display."""
        return sum(visit.is_confirmed for visit in self.visits)

    @property
    def sent(self) -> int:
        """How many visits were sent."""
        return sum(visit.is_sent for visit in self.visits)

    def check_disk(self, disk: InstalledDisk, what: str) -> None:
        """The outbox on the disk has each confirmed complaint once, and no more than were sent."""
        numbers = disk.waiting_case_numbers()
        self._expect(len(numbers) == len(set(numbers)), f"{what}: no case number is there twice")
        self._expect(
            self.confirmed <= len(numbers) <= self.sent,
            f"{what}: {len(numbers)} complaints on the disk; {self.confirmed} confirmed, {self.sent} sent",
        )

    def check_nothing_readable(self, disk: InstalledDisk) -> None:
        """No text and no tracking code can be read on the disk. The same search must find the kiosk's id, which is
        public."""
        self._expect(disk.find_readable([KIOSK_ID]) == [KIOSK_ID], f"the search finds {KIOSK_ID} on the disk")
        codes = [visit.code for visit in self.visits if visit.code]
        leaks = disk.find_readable([CANARY, *codes])
        self._expect(not leaks, f"neither a complaint nor one of {len(codes)} tracking codes is readable on the disk")

    def check_centre(self, disk: InstalledDisk, centre: DemoEnvironment, carried: Path) -> None:
        """The centre, to which the outbox is carried, has each confirmed complaint once, under the paper's code."""
        with disk.mounted_system() as root:
            export_outbox(root, carried)
        centre.run_command("central", "import", str(carried))
        numbers = [number for number in centre.desk.case_numbers() if number.startswith(KIOSK_ID)]
        pages = {number: centre.desk.case_page(number) for number in set(numbers)}
        for visit in self.visits:
            matches = [number for number, page in pages.items() if visit.text in re.sub(r"<[^>]*>|\s", "", page)]
            allowed = (1,) if visit.is_confirmed else (0, 1) if visit.is_sent else (0,)
            self._expect(len(matches) in allowed, f"{visit}: {len(matches)} cases at the centre")
            if visit.code:
                tracked = fetch_tracking_status(centre.url, visit.code)["case_number"]
                self._expect(tracked in matches, f"{visit}: the code on the paper shows its case")
