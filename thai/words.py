"""Word breaks for Thai, which is written without spaces: words, clusters and line wrapping.

Words come from libthai's dictionary (Debian `libthai0`) by ctypes: 0.1–0.4 ms per 1,000 characters, 30 ms for 20,000,
0.6 MB, any thread. Without the library text falls apart into clusters: lines still wrap, only between any two of them.
"""

import ctypes
import ctypes.util
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from threading import Lock

_MARKS = "\u0e31\u0e33-\u0e3a\u0e47-\u0e4e"  # written above, below or (ำ) closed against their base
_CLUSTER = re.compile(
    rf"\r\n|[\r\n]|.(?:[{_MARKS}\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]|\u200d.?)*",
    re.DOTALL,
)
_THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"  # letters and signs; ฿, ๏ and the digits behave like any other writing's
_WHOLE = ("ฯลฯ", "ดำรงธรรม")  # stay together: libthai parts the centre's own name
_ONE_OF_THEM = "|".join(_WHOLE)
_RUN = re.compile(rf"{_ONE_OF_THEM}|[{_THAI}]+?(?={_ONE_OF_THEM})|[{_THAI}]+|[^\S\u00a0]+|(?:[^\s{_THAI}]|\u00a0)+")
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
    return list(_whole_clusters(_cut(text)))


def _cut(text: str) -> Iterator[str]:
    dictionary = _dictionary()
    for run in _RUN.findall(text):
        if run in _WHOLE or not _STARTS_THAI.match(run):
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


def units(paragraph: str) -> list[str]:
    """What may not be parted by a line's end: words bound to their punctuation, and the spaces between them."""
    found: list[str] = []
    parts = words(paragraph)
    for index, part in enumerate(parts):
        bound = bool(found) and (
            part[0] in _BINDS_PREVIOUS
            or found[-1][-1] in _BINDS_NEXT
            or bool(_ABBREVIATION.fullmatch(found[-1]) and not part.isspace())
        )
        before_repetition = part.isspace() and index + 1 < len(parts) and parts[index + 1][0] in "ๆฯ"
        if found and (bound or before_repetition or (found[-1].isspace() and part[0] in "ๆฯ")):
            found[-1] += part
        else:
            found.append(part)
    return found


def _pieces(unit: str) -> list[str]:
    """Clusters of an over-wide unit, leading vowels with their consonant and following signs with theirs."""
    pieces: list[str] = []
    for cluster in clusters(unit):
        if pieces and (cluster[0] in _BINDS_PREVIOUS or pieces[-1][-1] in _BINDS_NEXT):
            pieces[-1] += cluster
        else:
            pieces.append(cluster)
    return pieces


def _fill(units: list[str], measure: Callable[[str], float], width: float) -> list[str]:
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
        for piece in (p for whole in _pieces(unit) for p in _narrowed(whole, measure, width)):
            if line and measure(line + piece) > width:
                lines.append(line)
                line = ""
            line += piece
    return [*lines, line.rstrip()]


def _narrowed(piece: str, measure: Callable[[str], float], width: float) -> list[str]:
    """A piece bound out of many clusters may itself be too wide: then only the cluster is sacred."""
    return [piece] if measure(piece) <= width else clusters(piece)


def wrap(text: str, measure: Callable[[str], float], width: float, *, balance: bool = False) -> list[str]:
    """Lines of `text` no wider than `width` (in `measure`'s unit), broken at its newlines, then between words.

    Spaces at a break are dropped, nothing else. A word wider than a line is broken between clusters; a single cluster
    wider than a line stands alone. With `balance` a paragraph's lines come out about equally long (same count of
    lines), so that no short word is left alone on the last.
    """
    lines: list[str] = []
    for paragraph in re.split(r"\r\n|[\r\n]", text):
        if measure(whole := paragraph.rstrip()) <= width:  # most are: half the time of a picture went into their words
            lines.append(whole)
            continue
        found = units(paragraph)
        filled = _fill(found, measure, width)
        if balance and len(filled) > 1:
            filled = _balanced(found, measure, width, filled)
        lines += filled
    return lines


def _balanced(units: list[str], measure: Callable[[str], float], width: float, filled: list[str]) -> list[str]:
    """The narrowest filling with the same count of lines that cuts no more words, by halving to 1 % of the width."""
    narrow, wide = max(measure(unit) for unit in units), width
    while wide - narrow > width / 100:
        middle = (narrow + wide) / 2
        attempt = _fill(units, measure, middle)
        if len(attempt) == len(filled):
            wide, filled = middle, attempt
        else:
            narrow = middle
    return filled
