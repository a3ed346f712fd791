"""Word breaks for Thai, which is written without spaces: words, clusters and line wrapping.

Words come from libthai's dictionary (Debian `libthai0`) by ctypes: 0.1–0.4 ms per 1,000 characters, 30 ms for 20,000,
0.6 MB, any thread. Without the library text falls apart into clusters: lines still wrap, only between any two of them.
"""

import ctypes
import ctypes.util
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from threading import Lock
from typing import NamedTuple

_MARKS = "\u0e31\u0e33-\u0e3a\u0e47-\u0e4e"  # written above, below or (ำ) closed against their base
_CLUSTER = re.compile(
    rf"\r\n|[\r\n]|.(?:[{_MARKS}\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]|\u200d.?)*",
    re.DOTALL,
)
_THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"  # letters and signs; ฿, ๏ and the digits behave like any other writing's
_UNSPLIT_WORDS = ("ฯลฯ", "ดำรงธรรม")  # stay together: libthai parts the centre's own name
_UNSPLIT_PATTERN = "|".join(_UNSPLIT_WORDS)
_RUN = re.compile(
    rf"{_UNSPLIT_PATTERN}|[{_THAI}]+?(?={_UNSPLIT_PATTERN})|[{_THAI}]+|[^\S\u00a0]+|(?:[^\s{_THAI}]|\u00a0)+"
)
_STARTS_THAI = re.compile(rf"[{_THAI}]")

_BINDS_NEXT = frozenset("([{<«‹“‘\u00a0\u2060เแโใไ")  # no line ends with these
# ต. อ. จ. stand on the line of their name, and the name is not parted; others (พ.ศ.) stand on that of the next word.
_ABBREVIATION = re.compile(r"[ก-ฮ]{1,2}\.|[ตอจ]\.\S{1,16}")
_BINDS_PREVIOUS = frozenset(")]}>»›”’.,:;!?…%\u00a0\u2060ะาๅๆฯ")  # no line begins with these


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
            found = self._find(self._table, run, positions, len(run))
        cuts = [0, *positions[:found], len(run)]
        return [run[start:end] for start, end in pairwise(cuts) if start < end]


@cache
def _dictionary() -> _Dictionary | None:
    try:
        return _Dictionary(ctypes.CDLL(ctypes.util.find_library("thai") or "libthai.so.0"))
    except (OSError, AttributeError):
        return None


def has_dictionary() -> bool:
    """Is libthai there? Without it `words` gives clusters."""
    return _dictionary() is not None


def clusters(text: str) -> list[str]:
    """User-perceived characters, in order; they join back to `text`. A mark stays with its base («น้ำ» is น้ำ: one)."""
    return _CLUSTER.findall(text)


def words(text: str) -> list[str]:
    """Words, runs of spaces and runs of other writing, in order; they join back to `text`."""
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
    """Put a mark that begins a part back to its base: libthai parts misspelt clusters, and «1ั» is two writings."""
    held = ""
    for part in parts:
        if held and len(clusters(held[-1] + part[0])) == 2:
            yield held
            held = ""
        held += part
    if held:
        yield held


# Words that libthai knows only in parts. A line's end inside one of them reads as a torn word.
# fmt: off
_COMPOUNDS = frozenset([
    "เกินไป", "เกิดขึ้น", "เกี่ยวกับ", "ขณะนี้", "ขั้นที่", "ขาวดำ", "ข้อเสนอแนะ", "ขึ้นบรรทัด",
    "คนอื่น", "ความคืบหน้า", "ค่าใช้จ่าย", "ค้นหา", "คืบหน้า", "จนกว่า", "เจ็บป่วย", "ด้านบน",
    "ได้รับ", "ตัวหนังสือ", "ต่อไป", "ถ่ายรูป", "ทางไหน", "ทำต่อ", "ที่นี่", "ที่อยู่", "ทีละตัว",
    "บัตรประชาชน", "บางส่วน", "บุคคลอื่น", "เบอร์โทร", "ย้อนกลับ", "เลขที่", "เลขบัตร", "เลขเรื่อง",
    "เว้นวรรค", "วันเกิด", "วันที่", "สักครู่", "สีทอง", "สีเหลือง", "หน่วยงาน", "หน้าจอ",
    "หมู่ที่", "เหตุด่วน", "เหตุร้าย", "อีกครั้ง",
])
# fmt: on
_COMPOUND_PREFIXES = frozenset(compound[:end] for compound in _COMPOUNDS for end in range(1, len(compound)))
_PREFIXES = frozenset(["การ", "ขั้น", "เครื่อง", "ความ", "นัก", "ใบ", "ผู้", "ไม่"])  # they make one word with what follows
_SUFFIXES = frozenset(["นี้", "นั้น", "ไหม"])  # and these with what stands before them
_PHONE = re.compile(r"0\d{1,2}([ -])\d{3}\1\d{3,4}(?!\d)")


def units(paragraph: str) -> list[str]:
    """What may not be parted by a line's end: words bound to their punctuation, phone numbers written in groups, and
    the spaces between them."""
    found: list[str] = []
    parts = _words_and_phones(paragraph)
    for index, part in enumerate(parts):
        bound = bool(found) and (
            part[0] in _BINDS_PREVIOUS
            or found[-1][-1] in _BINDS_NEXT
            or part in _SUFFIXES
            or (found[-1] in _PREFIXES and not part.isspace())
            or bool(_ABBREVIATION.fullmatch(found[-1]) and not part.isspace())
        )
        before_repetition = part.isspace() and index + 1 < len(parts) and parts[index + 1][0] in "ๆฯ"
        after_space = bool(found) and found[-1].isspace()
        if found and ((bound and not after_space) or before_repetition or (after_space and part[0] in "ๆฯ")):
            found[-1] += part
        else:
            found.append(part)
    return found


def _words_and_phones(paragraph: str) -> list[str]:
    """Words, with the parts of compounds and of phone numbers put together."""
    start, found = 0, []
    for phone in _PHONE.finditer(paragraph):
        found += [*_join_compounds(words(paragraph[start : phone.start()])), phone[0]]
        start = phone.end()
    return [*found, *_join_compounds(words(paragraph[start:]))]


def _join_compounds(parts: list[str]) -> Iterator[str]:
    """The parts, those of a compound put together; the longest one counts."""
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


def min_width(text: str, measure: Callable[[str], float], split_units: Callable[[str], Sequence[str]] = units) -> float:
    """Width of the widest unit of `text`: in a narrower place a word, a name or a number would be broken. `split_units` gives
    the units of a paragraph."""
    return max((measure(unit.strip()) for line in text.splitlines() for unit in split_units(line)), default=0.0)


def _bound_clusters(unit: str) -> list[str]:
    """Clusters of an over-wide unit, leading vowels with their consonant and following signs with theirs."""
    pieces: list[str] = []
    for cluster in clusters(unit):
        if pieces and (cluster[0] in _BINDS_PREVIOUS or pieces[-1][-1] in _BINDS_NEXT):
            pieces[-1] += cluster
        else:
            pieces.append(cluster)
    return pieces


def _wrap_greedy(units: Sequence[str], measure: Callable[[str], float], width: float) -> list[str]:
    """Each line as full as it can be."""
    lines: list[str] = []
    line = ""
    for unit in units:
        if measure((line + unit).rstrip()) <= width:
            line += unit
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = "" if unit.isspace() else unit
        if measure(line.rstrip()) <= width:
            continue
        line = ""
        for piece in (p for whole in _bound_clusters(unit) for p in _split_if_too_wide(whole, measure, width)):
            if line and measure(line + piece) > width:
                lines.append(line)
                line = ""
            line += piece
    return [*lines, line.rstrip()]


def _split_if_too_wide(piece: str, measure: Callable[[str], float], width: float) -> list[str]:
    """A piece bound out of many clusters may itself be too wide: then only the cluster is sacred."""
    return [piece] if measure(piece) <= width else clusters(piece)


def wrap(
    text: str,
    measure: Callable[[str], float],
    width: float,
    *,
    balance: bool = False,
    split_units: Callable[[str], Sequence[str]] = units,
) -> list[str]:
    """Lines of `text` no wider than `width` (in `measure`'s unit), broken at its newlines, then between words.

    There are as few lines as can be. Among equally many, lines end at spaces rather than between two Thai words, and
    the last one does not hold a single word; with `balance` all are about equally long. Spaces at a break are dropped,
    nothing else. A word wider than a line is broken between clusters; a single cluster wider than a line stands alone.
    `split_units` gives the units of a paragraph: `units`, or one that remembers them.
    """
    lines: list[str] = []
    for paragraph in re.split(r"\r\n|[\r\n]", text):
        if measure(whole := paragraph.rstrip()) <= width:  # most are: half the time of a picture went into their words
            lines.append(whole)
            continue
        found = split_units(paragraph)
        lines += _wrap_optimal(found, measure, width, balance) or _wrap_greedy(found, measure, width)
    return lines


# What a line's end costs, beside the square of the share of a line that is left empty.
_COST_BETWEEN_WORDS = 0.5  # no space stands there
_COST_BEFORE_NUMBER = 0.2  # «หมู่ที่ 7»
_COST_AFTER_NUMBER = 0.5  # «18 ธันวาคม», «3 นาที»
_COST_LONE_WORD = 3.0  # on the last line; more than all else that a paragraph's last two lines can cost
_MAX_ATTEMPTS = 3  # with a little less width each: side by side, words may be wider than their sum


def _wrap_optimal(
    units: Sequence[str], measure: Callable[[str], float], width: float, balance: bool
) -> list[str] | None:
    """The cheapest of all ways to lay the units out; None when one of them is wider than a line."""
    boxes = _boxes(units, measure)
    if max(box.width for box in boxes) > width:
        return None
    for narrower in range(_MAX_ATTEMPTS):
        room = width * (1 - 0.01 * narrower)
        starts = _optimal_line_starts(boxes, room, balance)
        lines = [
            "".join(box.gap * (index > 0) + box.text for index, box in enumerate(boxes[start:end]))
            for start, end in pairwise([*starts, len(boxes)])
        ]
        if all(measure(line) <= width for line in lines):
            return lines
    return None


class _Box(NamedTuple):
    """A unit on the line: the spaces before it, their width and its own, and what it costs to begin a line with it."""

    gap: str
    gap_width: float
    text: str
    width: float
    cost: float


def _boxes(units: Sequence[str], measure: Callable[[str], float]) -> list[_Box]:
    boxes: list[_Box] = []
    gap = ""
    for unit in units:
        if unit.isspace():
            gap += unit
            continue
        text = unit.rstrip()
        if not boxes:
            text, gap = gap + text, ""  # an indent stays
        before = boxes[-1].text[-1] if boxes else ""
        cost = 0.0 if gap else _COST_BETWEEN_WORDS
        if gap and before not in "·…":
            cost = _COST_AFTER_NUMBER if before.isdigit() else _COST_BEFORE_NUMBER if text[0].isdigit() else 0.0
        boxes.append(_Box(gap, measure(gap) if gap else 0.0, text, measure(text), cost))
        gap = unit[len(unit.rstrip()) :]
    return boxes


def _optimal_line_starts(boxes: list[_Box], width: float, balance: bool) -> list[int]:
    """The first box of each line, for the fewest lines and among these the least cost."""
    last = len(boxes)
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]  # of the first so many boxes: lines, cost, the last one's start
    for end in range(1, last + 1):
        choices: list[tuple[int, float, int]] = []
        long = gap = 0.0
        for start in range(end - 1, -1, -1):
            box = boxes[start]
            long += box.width + gap
            gap = box.gap_width
            if long > width and choices:
                break
            lines, cost, _start = best[start]
            if end < last or balance:
                cost += ((width - long) / width) ** 2
            if start:
                cost += box.cost
                if end == last and start == end - 1:
                    cost += _COST_LONE_WORD
            choices.append((lines + 1, cost, start))
        best.append(min(choices))
    starts = []
    end = last
    while end:
        end = best[end][2]
        starts.append(end)
    return starts[::-1]
