"""A kiosk without its screens, on the product's own parts: save, note, paper, confirmation, delivery, deletion."""

import multiprocessing
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from journey.complaint.draft import Draft, LetterPage
from kiosk_app.forwarder import DeliveryReport, Forwarder
from kiosk_app.outbox import Enrolment, Outbox, StoredRow
from kiosk_app.outbox.state_directory import outbox_directory
from kiosk_app.runner.outbox_service import Keeper
from protocol.choices import IdentitySource
from protocol.encoding import from_base64
from protocol.messages import Delivery
from protocol.topics import Topic
from tests.fake_centre import CUT, Reply, SmallCentre, problem
from tests.outbox_samples import CENTRE, KIOSK_KEY

# Forked: centre and kiosks share the keys of the samples.
processes = multiprocessing.get_context("fork")

CANARY = "กบฏขาว"  # stands in everything secret of these visits, and nowhere else
PHONE = "0891234567"  # of everybody in these visits
PAGE = CANARY.encode() * 1500  # 27 kB


def draft(tag: str, pages: int) -> Draft:
    """A complaint whose every personal field carries the canary. `tag` is its own and stands in the text."""
    return Draft(
        identity_source=IdentitySource.TYPED,
        typed_name=f"{CANARY} ใจดี",
        topic=Topic.UTILITIES,
        spot=f"หน้าบ้าน{CANARY}",
        text=f"{CANARY} ไฟฟ้าดับทั้งหมู่บ้าน #{tag}#",
        pages=tuple(LetterPage(f"{tag}-{index}", 1240, 1754) for index in range(pages)),
        phone=PHONE,
        notice_version="1",
        notice_accepted_wall=1_795_000_000.0,
    )


def tag_of(text: str) -> str:
    """The tag in the text of a submission."""
    return text.split("#")[1]


@dataclass(frozen=True)
class Paper:
    """What a printed receipt says, and which complaint it is for."""

    tag: str
    submission_id: str
    number: str
    code: str = field(repr=False)


class Hall:
    """One kiosk. `state` holds its enrolment; `paper` gets each receipt: from then on the promise counts."""

    def __init__(self, state: Path, runtime: Path, paper: Callable[[Paper], None]) -> None:
        self.state = state
        self.runtime = runtime
        self._paper = paper
        self._keeper = Keeper(state, runtime)

    def visit(self, tag: str, pages: int = 0) -> Paper:
        """As the runner does it: save, lay the note down, print, ask, wipe."""
        minted = self._keeper.save(draft(tag, pages), "th", (PAGE,) * pages)
        self._keeper.keep_note(minted, "th")
        paper = Paper(tag, minted.submission_id, minted.number, minted.code)
        self._paper(paper)
        self._keeper.confirm_receipt(minted.submission_id, True)
        self._keeper.erase_note()
        return paper

    def forward(self, **other: Any) -> DeliveryReport:
        """One pass of the forwarder over everything that waits."""
        enrolment = Enrolment.load(self.state)
        assert enrolment is not None
        with Outbox.open(outbox_directory(self.state), enrolment) as outbox:
            return Forwarder(
                outbox, enrolment, KIOSK_KEY, enrolment.centre_url, state=self.state, version="torture", **other
            ).once()

    def close(self) -> None:
        self._keeper.close()


@dataclass(frozen=True)
class Taken:
    """What the centre has opened of one delivery."""

    submission_id: str
    case_number: str
    tag: str
    times: int  # how often it was handed over
    contents: int  # how many different contents came under this id


_PAGE_OF_A_SERVER_IN_BETWEEN = b"<html><h1>Not now</h1></html>"


class CountingCentre(SmallCentre):
    """The small centre, keeping every delivery that ever came. `storm`: of how many requests nothing comes but 5xx."""

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        super().__init__(host, tls)
        self.came: dict[str, list[str]] = {}  # submission id -> hashes of the sealed bytes
        self._tags: dict[str, str] = {}  # of what was opened already
        self.storm = 0.0
        self._chance = Random(1)

    def reply(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        if self._chance.random() < self.storm:
            kind = self._chance.choice([500, 502, 503, 504, 429, 408, 0])
            if not kind:
                return CUT
            return self._chance.choice([problem(kind), Reply(kind, _PAGE_OF_A_SERVER_IN_BETWEEN)])
        answered = super().reply(method, path, headers, body)
        return CUT if self._chance.random() < self.storm / 2 else answered

    def _submission(self, delivery: Delivery) -> Reply:
        self.came.setdefault(str(delivery.submission_id), []).append(delivery.sealed_sha256)
        return super()._submission(delivery)

    def taken(self) -> list[Taken]:
        """Opened with the centre's key, pages too: raises when one does not open."""
        for submission_id, delivery in self.deliveries.items():
            if str(submission_id) in self._tags:
                continue
            row = StoredRow(
                submission_id=str(submission_id),
                case_number=delivery.case_number,
                kiosk_id=delivery.kiosk_id,
                moment=delivery.moment,
                sealing_key=delivery.sealing_key,
                sealed=from_base64(delivery.sealed),
                sealed_sha256=delivery.sealed_sha256,
                parts=delivery.parts,
            )
            submission = CENTRE.open(row)
            for part in delivery.parts:
                assert CENTRE.open_page(row, part.index, self.parts[part.sha256]) == PAGE
            self._tags[row.submission_id] = tag_of(submission.text)
        return [
            Taken(str(one), delivery.case_number, self._tags[str(one)], len(came), len(set(came)))
            for one, delivery in self.deliveries.items()
            for came in [self.came[str(one)]]
        ]

    def say_storm(self, share: float) -> None:
        self.storm = share

    def forget(self) -> None:
        for kept in (self.parts, self.deliveries, self.receipts, self.came, self.requests, self._tags):
            kept.clear()


def serve(pipe: Connection, centre: CountingCentre) -> None:
    """Serve until told to stop; each message names a method and its arguments."""
    with centre:
        pipe.send(centre.url)
        while (asked := pipe.recv()) != "stop":
            name, *words = asked
            pipe.send(getattr(centre, name)(*words))


def _serve_here(pipe: Connection) -> None:
    serve(pipe, CountingCentre())


@dataclass(frozen=True)
class FarCentre:
    """A counting centre in a process of its own."""

    url: str
    _pipe: Connection

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.partition("//")[2].rpartition(":")
        return host, int(port)

    def taken(self) -> list[Taken]:
        found: list[Taken] = self._ask("taken")
        return found

    def forget(self) -> None:
        self._ask("forget")

    def storm(self, share: float) -> None:
        self._ask("say_storm", share)

    def _ask(self, *words: object) -> Any:
        self._pipe.send(words)
        return self._pipe.recv()


@contextmanager
def far_centre(run: Callable[[Connection], None] = _serve_here) -> Iterator[FarCentre]:
    """Start one, and end it."""
    ours, theirs = multiprocessing.Pipe()
    process = processes.Process(target=run, args=(theirs,))
    process.start()
    try:
        yield FarCentre(ours.recv(), ours)
    finally:
        ours.send("stop")
        process.join()


def broken_promises(papers: list[Paper], attempted: set[str], taken: list[Taken]) -> list[str]:
    """What is wrong between the receipts in citizens' hands, what they confirmed, and what the centre has."""
    wrong = []
    by_id = {one.submission_id: one for one in taken}
    for paper in papers:
        here = by_id.get(paper.submission_id)
        if here is None:
            wrong.append(f"{paper.number} was printed and never arrived")
        elif (here.case_number, here.tag) != (paper.number, paper.tag):
            wrong.append(f"{paper.number} arrived as {here.case_number}")
    tags = Counter(one.tag for one in taken)
    numbers = Counter(one.case_number for one in taken)
    wrong += [f"{tag} arrived {times} times" for tag, times in tags.items() if times > 1]
    wrong += [f"{number} was given {times} times" for number, times in numbers.items() if times > 1]
    wrong += [f"{tag} arrived and was never confirmed" for tag in tags.keys() - attempted]
    wrong += [f"{one.case_number} was sent with {one.contents} contents" for one in taken if one.contents > 1]
    return wrong
