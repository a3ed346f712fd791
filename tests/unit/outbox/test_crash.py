"""The interface is killed at any moment of a save: reported saves exist and are complete, and no number is issued
twice."""

import multiprocessing
import os
import random
import time
from pathlib import Path

from kiosk_app.outbox import Outbox
from kiosk_app.outbox.clock import now
from protocol import case_number
from tests.outbox_samples import CENTRE_KEYS, enrolment, submission_composer

ROUNDS = 30
# Forked, not spawned: starting thirty interpreters would take longer than all the saves.
fork_context = multiprocessing.get_context("fork")


def save_until_killed(directory: Path, report: int) -> None:
    """Write a line for each save that was reported as durable."""
    outbox = Outbox.open(directory, enrolment())
    turn = 0
    while True:
        pages = (b"page" * 20_000,) * (turn % 3)
        saved = outbox.save(submission_composer(len(pages)), pages, now())
        os.write(report, f"{saved.submission_id} {saved.number} {len(pages)}\n".encode())
        turn += 1


def killed_while_saving(directory: Path, after: float) -> list[tuple[str, str, int]]:
    """The saves a child reported before it was killed, `after` seconds into its saving."""
    reading, writing = os.pipe()
    child = fork_context.Process(target=save_until_killed, args=(directory, writing))
    child.start()
    os.close(writing)
    with os.fdopen(reading) as report:
        first = report.readline()  # it is saving now
        time.sleep(after)
        child.kill()
        child.join()
        reported = (line.split() for line in (first, *report))
        return [(submission_id, number, int(pages)) for submission_id, number, pages in reported]


def test_a_reported_save_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    rng = random.Random(20261121)
    directory = tmp_path / "outbox"
    reported: dict[str, tuple[str, int]] = {}
    for _ in range(ROUNDS):
        for submission_id, number, pages in killed_while_saving(directory, rng.uniform(0, 0.03)):
            reported[submission_id] = (number, pages)
    with Outbox.open(directory, enrolment()) as outbox:
        assert outbox.list_damaged_stores() == []
        waiting = outbox.pending()
        numbers = [row.case_number for row in waiting]
        assert len(set(numbers)) == len(numbers)
        assert {row.submission_id for row in waiting} >= reported.keys()
        # Saves that were committed and not yet reported: at most one for each kill.
        assert len(waiting) - len(reported) <= ROUNDS
        for row in map(outbox.read, reported):
            number, pages = reported[row.submission_id]
            assert (row.case_number, len(row.parts)) == (number, pages)
            assert CENTRE_KEYS.open_submission(row).case_number == number
            for part in row.parts:
                assert CENTRE_KEYS.open_page(row, part.index, outbox.read_part(row.submission_id, part.index))
        following = case_number.parse(outbox.save(submission_composer(), (), now()).number).running
        assert following > max(case_number.parse(number).running for number in numbers)
    assert len(reported) > ROUNDS
