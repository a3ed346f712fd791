"""Files the scans of signed letters back to their letters by the QR code on each page.

A stack may hold many letters. A page without code belongs to the letter of the page before it in the same file: the
back of a sheet, an enclosure. All pages are filed or none: a sentence names the first page that has no letter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from central.cases.attachments import CleanFile
from central.cases.commands import Actor
from central.cases.commands.letter_notes import note_on_letter
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import EventKind
from central.centres.models import Officer
from central.letters.commands import payload_of
from central.letters.errors import LetterError
from central.letters.kinds import LetterState
from central.letters.models import Letter
from central.letters.page import QR_PATH
from central.letters.reading import find_by_token
from central.letters.scan_pages import part_pdf, read_codes
from ocr.confined.child_process import run_in_child
from ocr.errors import OcrError
from protocol.bilingual_text import BilingualText

_NOT_ISSUED = BilingualText("หนังสือฉบับนี้ถูกยกเลิกแล้ว จึงจัดเก็บไม่ได้", "This letter was cancelled, so the scan was not filed")

_DEADLINE_S, _MEMORY_MB = 90.0, 1024  # a page takes 0.15 s, five files have at most 500
_TOKEN = re.compile(re.escape(QR_PATH) + r"([\w-]{12})$", re.ASCII)
_NOTHING = BilingualText("โปรดเลือกไฟล์ที่สแกน", "Choose the scanned files")
_UNREADABLE = BilingualText(
    "อ่านไฟล์ไม่สำเร็จ โปรดสแกนใหม่หรือแบ่งเป็นไฟล์เล็กลง ยังไม่ได้จัดเก็บสิ่งใด",
    "The files could not be read. Scan again, or in smaller files. Nothing was filed",
)


@dataclass(frozen=True)
class _Place:
    """A page: file and page from 0."""

    file: int
    page: int

    @property
    def words(self) -> BilingualText:
        return BilingualText(f"ไฟล์ที่ {self.file + 1} หน้า {self.page + 1}", f"File {self.file + 1}, page {self.page + 1}")


def file_scans(officer: Officer, files: Sequence[CleanFile]) -> list[Letter]:
    """File a stack of scans, each page with the letter of its code. The letters, in the order of the pages. Raises
    LetterError."""
    return _file(officer, files, None)


def file_scan_of(officer: Officer, letter: Letter, files: Sequence[CleanFile]) -> None:
    """File the scan of this letter. A page whose code cannot be read is taken as the officer's choice; one with the
    code of another letter is refused. Raises LetterError."""
    _file(officer, files, letter)


def _file(officer: Officer, files: Sequence[CleanFile], chosen: Letter | None) -> list[Letter]:
    if not files:
        raise LetterError(_NOTHING)
    pages_of: dict[int, list[_Place]] = {}
    letters: dict[int, Letter] = {}
    codes_of_files = _read_codes(files)
    for index, codes_of_pages in enumerate(codes_of_files):
        current = chosen
        for page, codes in enumerate(codes_of_pages):
            current = _letter_on(officer, codes, current, chosen, _Place(index, page))
            letters[current.pk] = current
            pages_of.setdefault(current.pk, []).append(_Place(index, page))
        if not codes_of_pages:
            raise LetterError(_UNREADABLE)
    counts = [len(codes_of_pages) for codes_of_pages in codes_of_files]
    parted = {pk: _parts(files, counts, places) for pk, places in pages_of.items()}
    try:
        with transaction.atomic():
            for pk, letter in letters.items():
                _store(officer, letter, parted[pk])
    except NotAllowedError as error:
        raise LetterError(error.sentence) from None
    return list(letters.values())


def _letter_on(
    officer: Officer, codes: Sequence[str], current: Letter | None, chosen: Letter | None, place: _Place
) -> Letter:
    tokens = [match[1] for match in map(_TOKEN.search, codes) if match]
    if not tokens:
        if current is not None:
            return current
        if codes:
            raise _refusal(place, "มีคิวอาร์ของที่อื่น ไม่ใช่ของหนังสือจากศูนย์", "has a QR code that is not of a letter")
        raise _refusal(place, "ไม่มีคิวอาร์ที่อ่านได้ จึงไม่ทราบว่าเป็นหนังสือฉบับใด", "has no readable QR code")
    letter = find_by_token(officer, tokens[0])
    if letter is None:
        raise _refusal(place, "มีคิวอาร์ของหนังสือที่ไม่อยู่ในความรับผิดชอบของท่าน", "has the QR code of a letter that is not yours")
    if chosen is not None and letter.pk != chosen.pk:
        name = letter.number or letter.case.case_number
        raise _refusal(place, f"เป็นของหนังสือฉบับอื่น ({name})", f"belongs to another letter ({name})")
    if letter.current_state is not LetterState.ISSUED:
        raise _refusal(place, "เป็นหนังสือที่ยังไม่ออกเลขหรือยกเลิกแล้ว", "is of a letter without number, or a cancelled one")
    return letter


def _refusal(place: _Place, th: str, en: str) -> LetterError:
    words = place.words
    return LetterError(BilingualText(f"{words.th} {th} ยังไม่ได้จัดเก็บสิ่งใด", f"{words.en} {en}. Nothing was filed"))


def _read_codes(files: Sequence[CleanFile]) -> list[list[list[str]]]:
    try:
        contents = [each.content for each in files]
        return run_in_child(read_codes, contents, deadline_s=_DEADLINE_S, memory_mb=_MEMORY_MB)
    except OcrError:
        raise LetterError(_UNREADABLE) from None


def _parts(files: Sequence[CleanFile], counts: Sequence[int], places: Sequence[_Place]) -> list[CleanFile]:
    """The files of one letter: a file whose pages are all of it stays as it is."""
    parts = []
    for index in dict.fromkeys(place.file for place in places):
        file, pages = files[index], [place.page for place in places if place.file == index]
        parts.append(file if len(pages) == counts[index] else replace(file, content=_part(file, pages)))
    return parts


def _part(file: CleanFile, pages: list[int]) -> bytes:
    try:
        parted = run_in_child(part_pdf, file.content, [pages], deadline_s=_DEADLINE_S, memory_mb=_MEMORY_MB)
    except OcrError:
        raise LetterError(_UNREADABLE) from None
    return parted[0]


def _store(officer: Officer, letter: Letter, files: Sequence[CleanFile]) -> None:
    locked = Letter.objects.select_related("template").get(pk=letter.pk)
    with transaction.atomic():
        event = note_on_letter(locked.case_id, EventKind.LETTER_SIGNED, Actor.of(officer), payload_of(locked), files)
        if not Letter.objects.filter(pk=letter.pk, state=LetterState.ISSUED.value).update(signed=event):
            raise LetterError(_NOT_ISSUED)
