"""Segmentation of Thai, which is written without spaces: words, clusters and unbreakable units.

Words come from libthai's dictionary (Debian `libthai0`) by ctypes: 0.1–0.4 ms per 1,000 characters, 30 ms for 20,000,
0.6 MB, any thread. Without the library words are single clusters: lines still wrap, but between any two clusters.
"""

import ctypes
import ctypes.util
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from threading import Lock

_MARKS = "\u0e31\u0e33-\u0e3a\u0e47-\u0e4e"  # written above, below or (ำ) closed against their base
_CLUSTER = re.compile(
    rf"\r\n|[\r\n]|.(?:[{_MARKS}\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]|\u200d.?)*",
    re.DOTALL,
)
_THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"  # letters and signs; ฿, ๏ and digits are treated like other scripts
_UNSPLIT_WORDS = ("ฯลฯ", "ดำรงธรรม")  # kept whole: libthai splits the centre's own name
_UNSPLIT_PATTERN = "|".join(_UNSPLIT_WORDS)
_RUN = re.compile(
    rf"{_UNSPLIT_PATTERN}|[{_THAI}]+?(?={_UNSPLIT_PATTERN})|[{_THAI}]+|[^\S\u00a0]+|(?:[^\s{_THAI}]|\u00a0)+"
)
_STARTS_THAI = re.compile(rf"[{_THAI}]")

BINDS_NEXT = frozenset("([{<«‹“‘\u00a0\u2060เแโใไ")  # no line ends with these
# ต. อ. จ. stay on the line of the name that follows, and the name is not split; others (พ.ศ.) stay with the next word.
_ABBREVIATION = re.compile(r"[ก-ฮ]{1,2}\.|[ตอจ]\.\S{1,16}")
BINDS_PREVIOUS = frozenset(")]}>»›”’.,:;!?…%\u00a0\u2060ะาๅๆฯ")  # no line begins with these


class _Dictionary:
    """libthai's break table. It is read-only after loading; the lock guards the library's own scratch data."""

    def __init__(self, library: ctypes.CDLL) -> None:
        library.th_brk_new.restype = ctypes.c_void_p
        library.th_brk_new.argtypes = [ctypes.c_char_p]
        self._find = library.th_brk_wc_find_breaks
        self._find.argtypes = [ctypes.c_void_p, ctypes.c_wchar_p, ctypes.POINTER(ctypes.c_int), ctypes.c_size_t]
        self._find.restype = ctypes.c_int
        self._table = library.th_brk_new(None)
        self._lock = Lock()
        if not self._table:
            raise OSError("libthai has no dictionary")

    def split(self, run: str) -> list[str]:
        """Cut a run of Thai letters at libthai's breaks."""
        positions = (ctypes.c_int * len(run))()
        with self._lock:
            count = self._find(self._table, run, positions, len(run))
        cuts = [0, *positions[:count], len(run)]
        return [run[start:end] for start, end in pairwise(cuts) if start < end]


@cache
def _dictionary() -> _Dictionary | None:
    try:
        return _Dictionary(_load_library())
    except (OSError, AttributeError):
        return None


def _load_library() -> ctypes.CDLL:
    """Raises OSError. The search for another version starts programs, which a confined process may not do."""
    try:
        return ctypes.CDLL("libthai.so.0")
    except OSError:
        return ctypes.CDLL(ctypes.util.find_library("thai") or "libthai.so")


def has_dictionary() -> bool:
    """Whether libthai is installed. Without it `words` returns clusters."""
    return _dictionary() is not None


def clusters(text: str) -> list[str]:
    """User-perceived characters, in order; they join back to `text`. A mark stays with its base («น้ำ» is น้ำ: one)."""
    return _CLUSTER.findall(text)


def words(text: str) -> list[str]:
    """Words, runs of spaces and runs of other scripts, in order; they join back to `text`."""
    return list(_whole_clusters(_split_words(text)))


def _split_words(text: str) -> Iterator[str]:
    dictionary = _dictionary()
    for run in _RUN.findall(text):
        if run in _UNSPLIT_WORDS or not _STARTS_THAI.match(run):
            yield run
        elif dictionary:
            yield from dictionary.split(run)
        else:
            yield from clusters(run)


def _whole_clusters(parts: Iterable[str]) -> Iterator[str]:
    """The parts, with a mark at the start of a part joined to its base: libthai splits misspelt clusters, and «1ั»
    mixes two scripts."""
    held = ""
    for part in parts:
        if held and len(clusters(held[-1] + part[0])) == 2:
            yield held
            held = ""
        held += part
    if held:
        yield held


# Words that libthai splits; a line break inside one looks like a broken word.
# fmt: off
_COMPOUNDS = frozenset([
    "เกินไป", "เกิดขึ้น", "เกี่ยวกับ", "ขณะนี้", "ขั้นที่", "ขาวดำ", "ข้อเสนอแนะ", "ขึ้นบรรทัด",
    "คนอื่น", "คำร้อง", "ความคืบหน้า", "ค่าใช้จ่าย", "ค้นหา", "คืบหน้า", "จนกว่า", "เจ็บป่วย", "ด้านบน",
    "ดำเนินการ", "ได้รับ", "ตัวหนังสือ", "ต่อไป", "ถ่ายรูป", "ทางไหน", "ทำต่อ", "ที่นี่", "ที่อยู่", "ทีละตัว",
    "บัตรประชาชน", "บางส่วน", "บุคคลอื่น", "เบอร์โทร", "ผู้ว่าราชการ", "ย้อนกลับ", "เลขที่", "เลขบัตร", "เลขเรื่อง",
    "เว้นวรรค", "วันเกิด", "วันที่", "ส่วนบุคคล", "สักครู่", "สั่งการ", "สีทอง", "สีเหลือง", "หน่วยงาน", "หน้าจอ",
    "หมู่ที่", "เหตุด่วน", "เหตุร้าย", "อีกครั้ง",
])
# fmt: on
_COMPOUND_PREFIXES = frozenset(compound[:end] for compound in _COMPOUNDS for end in range(1, len(compound)))
_PREFIXES = frozenset(["การ", "ขั้น", "เครื่อง", "ความ", "นัก", "ใบ", "ผู้", "ไม่"])  # they form one word with the next one
_SUFFIXES = frozenset(["นี้", "นั้น", "ไหม"])  # they form one word with the previous one
_PHONE = re.compile(r"0\d{1,2}([ -])\d{3}\1\d{3,4}(?!\d)")


def unbreakable_units(paragraph: str) -> list[str]:
    """Units without line breaks inside: words with their punctuation, phone numbers in groups, and the spaces between
    them. They join back to `paragraph`."""
    words_so_far: list[str] = []
    pieces = _words_and_phones(paragraph)
    for index, piece in enumerate(pieces):
        bound = bool(words_so_far) and (
            piece[0] in BINDS_PREVIOUS
            or words_so_far[-1][-1] in BINDS_NEXT
            or piece in _SUFFIXES
            or (words_so_far[-1] in _PREFIXES and not piece.isspace())
            or bool(_ABBREVIATION.fullmatch(words_so_far[-1]) and not piece.isspace())
        )
        before_repetition = piece.isspace() and index + 1 < len(pieces) and pieces[index + 1][0] in "ๆฯ"
        after_space = bool(words_so_far) and words_so_far[-1].isspace()
        if words_so_far and ((bound and not after_space) or before_repetition or (after_space and piece[0] in "ๆฯ")):
            words_so_far[-1] += piece
        else:
            words_so_far.append(piece)
    return words_so_far


def _words_and_phones(paragraph: str) -> list[str]:
    """Words, with compounds and phone numbers in one piece."""
    start, words_so_far = 0, []
    for phone in _PHONE.finditer(paragraph):
        words_so_far += [*_join_compounds(words(paragraph[start : phone.start()])), phone[0]]
        start = phone.end()
    return [*words_so_far, *_join_compounds(words(paragraph[start:]))]


def _join_compounds(parts: list[str]) -> Iterator[str]:
    """The parts, with each longest compound in one piece."""
    index = 0
    while index < len(parts):
        end, whole, beyond = index + 1, parts[index], index + 1
        begun = whole
        while begun in _COMPOUND_PREFIXES and beyond < len(parts):
            begun += parts[beyond]
            beyond += 1
            if begun in _COMPOUNDS:
                end, whole = beyond, begun
        yield whole
        index = end
