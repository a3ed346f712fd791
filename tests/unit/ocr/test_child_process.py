"""The child process ends at its deadline with every process it started, and each failure has its own error."""

import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path
from threading import Event, Timer
from typing import Any

import pytest

from ocr.confined import child_main, child_process
from ocr.confined.child_process import ChildCancelledError, ChildFailedError, ChildTimeoutError
from ocr.decode_picture import find_qr
from ocr.errors import OcrError, OcrErrorReason
from ocr.prepare_page import prepare
from ocr.prepared_page import PreparedPage
from simulators.sample_letters import MARKET_LETTER, render_letter_page
from tests.ocr_pages.picture_files import encode_picture
from tests.waiting import wait_until

MEMORY_MB = 1024


def processes_with_marker(mark: str) -> list[int]:
    """Ids of live processes (zombies have no command line) whose command line has `mark`."""
    pids = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if mark.encode() in command:
                pids.append(int(entry.name))
    return pids


def zombies() -> list[str]:
    """Ids of the zombie children of this process."""
    states = subprocess.run(
        ["ps", "-o", "stat=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
    )
    return [state for state in states.stdout.split() if state.startswith("Z")]


def wait_until_gone(mark: str) -> None:
    wait_until(lambda: not processes_with_marker(mark), problem=f"still running: {mark}")


def test_the_child_returns_a_page() -> None:
    raw = encode_picture(render_letter_page(MARKET_LETTER, dpi=100), "PPM")
    page = child_process.run_in_child(prepare, raw, 1, deadline_s=20, memory_mb=MEMORY_MB)
    assert isinstance(page, PreparedPage)
    assert page == prepare(raw, 1)
    assert child_process.run_in_child(find_qr, raw, deadline_s=20, memory_mb=MEMORY_MB) == []


def test_the_childs_error_is_raised_in_the_parent() -> None:
    with pytest.raises(OcrError) as refusal:
        child_process.run_in_child(prepare, b"P6\n10000 10000\n255\n", deadline_s=20, memory_mb=MEMORY_MB)
    assert refusal.value.reason is OcrErrorReason.TOO_LARGE
    assert not isinstance(refusal.value, ChildFailedError)


def test_the_child_and_its_children_are_killed_at_the_deadline() -> None:
    begun, mark = time.monotonic(), f"613.{os.getpid()}"
    with pytest.raises(ChildTimeoutError):
        child_process.run_in_child(subprocess.run, ["sleep", mark], deadline_s=1, memory_mb=MEMORY_MB, program="sleep")
    assert time.monotonic() - begun < 60
    wait_until_gone(mark)
    assert zombies() == []


def test_cancelling_ends_the_child_soon() -> None:
    cancel = Event()
    Timer(0.5, cancel.set).start()
    begun = time.monotonic()
    with pytest.raises(ChildCancelledError):
        child_process.run_in_child(time.sleep, 60, deadline_s=60, memory_mb=MEMORY_MB, cancel=cancel)
    assert time.monotonic() - begun < 30
    assert zombies() == []


def test_memory_is_bounded() -> None:
    with pytest.raises(ChildFailedError) as failure:
        child_process.run_in_child(bytearray, 2 << 30, deadline_s=20, memory_mb=512)
    assert failure.value.reason is OcrErrorReason.TOO_LITTLE_MEMORY


@pytest.mark.parametrize("ending", [(os._exit, 3), (os.abort,), (signal.raise_signal, signal.SIGKILL)])
def test_a_child_that_dies_is_an_error(ending: tuple[object, ...]) -> None:
    with pytest.raises(ChildFailedError) as failure:
        child_process.run_in_child(*ending, deadline_s=20, memory_mb=MEMORY_MB)  # type: ignore[arg-type]
    assert failure.value.reason is OcrErrorReason.FAILED
    assert zombies() == []


def test_an_unexpected_error_is_reported_without_its_message() -> None:
    with pytest.raises(ChildFailedError, match="ValueError") as failure:
        child_process.run_in_child(int, "นางบุญมา", deadline_s=20, memory_mb=MEMORY_MB)
    assert "บุญมา" not in str(failure.value)


def test_a_result_of_an_unknown_type_is_an_error() -> None:
    with pytest.raises(ChildFailedError):
        child_process.run_in_child(Path, "/etc", deadline_s=20, memory_mb=MEMORY_MB)


WALK: Any = os.walk  # a generator that the child can import


def test_parts_arrive_before_the_result() -> None:
    directory = str(Path(json.__file__).parents[1] / "email")
    received: list[object] = []
    result = child_process.stream_from_child(
        WALK, directory, on_part=received.append, deadline_s=60, memory_mb=MEMORY_MB
    )
    assert result is None
    assert received == list(os.walk(directory))
    assert len(received) > 1


def test_a_child_is_cancelled_between_two_parts() -> None:
    cancel = Event()
    received = []

    def stop(part: object) -> None:
        received.append(part)
        cancel.set()

    with pytest.raises(ChildCancelledError):
        child_process.stream_from_child(
            WALK, "/usr/lib", on_part=stop, deadline_s=60, memory_mb=MEMORY_MB, cancel=cancel
        )
    assert len(received) < len(list(os.walk("/usr/lib")))
    assert zombies() == []


CRAFTED_PARTS = {
    "too long": b"\x01\xff\xff\xff\xff",
    "no result in it": b"\x01\0\0\0\x02x\n",
    "another class": b"\x01\0\0\0\x1b" + b'{"class": ["Path", {}]}   \n',
    "cut off": b"\x01\0\0\0\x09{}",
}


@pytest.mark.parametrize("made", CRAFTED_PARTS.values(), ids=CRAFTED_PARTS.keys())
def test_a_crafted_part_is_an_error(made: bytes) -> None:
    script = f"import os\nrest = {made!r}\n" + WRITE_ANSWER
    with pytest.raises(ChildFailedError, match="no valid result"):
        child_process.stream_from_child(
            exec,  # type: ignore[arg-type]
            script,
            on_part=lambda part: pytest.fail(str(part)),
            deadline_s=30,
            memory_mb=MEMORY_MB,
        )


WRITE_ANSWER = """
for line in range(3, 9):  # one of them is the answer's
    try:
        while rest:
            rest = rest[os.write(line, rest):]
    except OSError:
        pass
os._exit(0)
"""
_LINE = b'{"text": 1, "confidence": 1, "is_uncertain": true, "centre_y": 0}'
_ATTRIBUTE = pickle.BINUNICODE + b"\x04\0\0\0jpeg" + pickle.SHORT_BINBYTES + b"\x04evil" + pickle.SETITEM
# Results that a compromised worker may write.
CRAFTED = {
    "a pickle that changes a class for all later pages": (
        b"\x80\x04" + pickle.SHORT_BINUNICODE + b"\x05value" + b"cocr.prepare\nPreparedPage\n"
        b"N}" + _ATTRIBUTE + pickle.TUPLE2 + pickle.BUILD + pickle.TUPLE2 + b"."
    ),
    "a pickle that takes 2 GB": b"\x80\x04N" + pickle.LONG_BINPUT + b"\xff\xff\xff\x07.",
    "too deep": b"[" * 100_000 + b"\n",
    "a number of 4,000 digits": b'{"tuple": ["value", ' + b"9" * 4000 + b"]}\n",
    "infinity": b'{"tuple": ["value", 1e999]}\n',
    "no number": b'{"tuple": ["value", NaN]}\n',
    "beyond its end": b'{"tuple": ["value", {"bytes": [0, 9]}]}\nx',
    "before its start": b'{"tuple": ["value", {"bytes": [-1, 1]}]}\nx',
    "another class": b'{"tuple": ["value", {"class": ["Path", {}]}]}\n',
    "another type": b'{"tuple": ["value", {"class": ["Line", ' + _LINE + b"]}]}\n",
    "a field is missing": b'{"tuple": ["value", {"class": ["Line", {"text": "a"}]}]}\n',
    "no end of its head": b" " * 5_000_000,
    "nothing": b"",
}


@pytest.mark.parametrize("made", CRAFTED.values(), ids=CRAFTED.keys())
def test_a_crafted_result_is_an_error_and_does_not_change_the_parent(made: bytes) -> None:
    script = f"import os, zlib\nrest = zlib.decompress({zlib.compress(made)!r})\n" + WRITE_ANSWER
    known = dict(vars(PreparedPage))
    with pytest.raises(ChildFailedError, match="no valid result"):
        child_process.run_in_child(exec, script, deadline_s=30, memory_mb=MEMORY_MB)
    assert dict(vars(PreparedPage)) == known


GREY = b"\0\x02\0\x03\x01" + bytes(6)


@pytest.mark.parametrize(
    "changed",
    [
        {"jpeg": b"\x89PNG"},
        {"jpeg": b"\xff\xd8" + bytes(400_000)},
        {"width": 0},
        {"height": 1 << 40},
        {"preview": b"\xff\xd8\xff\xe0"},
        {"preview": GREY[:-1]},
        {"preview": b"\xff\xff\0\x01\x01" + bytes(65535)},
        {"preview": GREY.replace(b"\x01", b"\x04")},
        {"preview": b""},
    ],
)
def test_a_page_that_preparation_cannot_produce_is_an_error(changed: dict[str, object]) -> None:
    """No result is shown that still needs decoding, and none is stored that the centre would refuse."""
    good = {"jpeg": b"\xff\xd8", "width": 2, "height": 3, "preview": GREY}
    assert PreparedPage(**good)  # type: ignore[arg-type]
    with pytest.raises(
        ValueError, match=r"^(not a prepared page|no page has|too short|the number of pixels|size or channels)"
    ):
        PreparedPage(**good | changed)  # type: ignore[arg-type]


def test_the_child_has_a_low_priority_and_does_not_import_kivy() -> None:
    assert child_process.run_in_child(os.nice, 0, deadline_s=20, memory_mb=MEMORY_MB) == min(
        19, os.nice(0) + child_main.CHILD_NICENESS
    )
    probe = (
        "import ocr.confined.child_process, ocr.recognise, sys; "
        "print(any(name.split('.')[0] == 'kivy' for name in sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_the_interface_imports_neither_opencv_nor_tesseract() -> None:
    """They take 60 MB; the child imports them by the name of its function."""
    probe = "import kiosk_app.runner.page_images, sys; print({'cv2', 'tesserocr', 'pypdfium2'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


def test_no_process_or_file_is_left_after_the_parent_is_killed() -> None:
    mark = f"617.{os.getpid()}"
    # A separate directory in memory: other tests and programs may process letters at the same time.
    with tempfile.TemporaryDirectory(dir=child_process.MEMORY_DIR) as memory:
        script = (
            f"import subprocess; from ocr.confined import child_process; child_process.MEMORY_DIR = {memory!r}; "
            f"child_process.run_in_child(subprocess.run, ['sleep', '{mark}'], "
            "deadline_s=600, memory_mb=512, program='sleep')"
        )
        parent = subprocess.Popen([sys.executable, "-c", script])
        try:
            wait_until(
                lambda: any(pid != parent.pid and b"sleep" in _command(pid)[:5] for pid in processes_with_marker(mark))
            )
            assert [path.name[:11] for path in Path(memory).iterdir()] == ["dk-picture-"]
        finally:
            parent.kill()
            parent.wait()
        wait_until_gone(mark)
        assert list(Path(memory).iterdir()) == []


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
