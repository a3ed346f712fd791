"""What an attacker who controls the picture process can reach."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kiosk_app.commands.process import protect_memory
from kiosk_app.health import machine_checks
from kiosk_app.health.finding import HealthContext
from kiosk_app.settings import development_defaults
from ocr.confined import child_main, child_process, confine
from ocr.confined.child_process import ChildCancelledError, ChildFailedError
from ocr.errors import OcrErrorReason
from tests.waiting import wait_until

MEMORY_MB = 1024
# Each function is an attempt; its result is stored in `results`.
ATTEMPTS_SCRIPT = r"""
import ctypes, mmap, os, signal, socket, subprocess

libc = ctypes.CDLL(None, use_errno=True)
results = {}

def call(number, *args):
    done = libc.syscall(number, *(ctypes.c_long(a) if isinstance(a, int) else a for a in args))
    if done < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return done

def over_tcp():
    with socket.create_connection(("127.0.0.1", port), 5): return "connected"

def over_unix():
    with socket.socket(socket.AF_UNIX) as s: s.connect(local); return "connected"

def by_udp():
    with socket.socket(type=socket.SOCK_DGRAM) as s: s.sendto(b"x", ("127.0.0.1", port)); return "sent"

def ring():
    return call(425, 8, ctypes.byref(ctypes.create_string_buffer(256)))

def run_shell():
    return subprocess.run(["/bin/sh", "-c", "echo ran"], capture_output=True, check=True).stdout.decode()

def run_by_loader():
    loader = "/lib64/ld-linux-x86-64.so.2"
    return subprocess.run([loader, "/bin/sh", "-c", "echo ran"], capture_output=True, check=True).stdout.decode()

def run_from_memory():
    made = os.memfd_create("x")
    with open("/usr/bin/true", "rb") as program: os.write(made, program.read())
    return str(subprocess.run([f"/proc/self/fd/{made}"], pass_fds=[made], check=True))

def run_question():
    os.lseek(0, 0, 0)
    return os.write(0, b"#!/bin/sh\n")

def read_passwd():
    return open("/etc/passwd").read()[:10]

def read_state():
    return open(os.path.join(state, "outbox.db")).read()

def list_state():
    return os.listdir(state)

def write_state():
    return open(os.path.join(state, "new"), "w").write("x")

def empty_state():
    os.truncate(os.path.join(state, "outbox.db"), 0); return "emptied"

def hide_state():
    os.chmod(os.path.join(state, "outbox.db"), 0); return "changed"

def age_state():
    os.utime(os.path.join(state, "outbox.db"), (0, 0)); return "changed"

def move_state():
    os.rename(os.path.join(state, "outbox.db"), os.path.join(state, "x")); return "moved"

def remove_state():
    os.unlink(os.path.join(state, "note")); return "removed"

def write_tmp():
    return open("/tmp/dk-written", "w").write("x")

def write_memory():
    return open("/dev/shm/dk-written", "w").write("x")

def read_memory_of():
    with open(f"/proc/{victim}/maps") as maps: where = int(maps.readline().split("-")[0], 16)
    with open(f"/proc/{victim}/mem", "rb", 0) as memory: memory.seek(where); return memory.read(8).hex()

def read_environment_of():
    return open(f"/proc/{victim}/environ").read()[:20]

def read_own_parent():
    return open(f"/proc/{os.getppid()}/environ").read()[:20]

def read_across():
    buffer = ctypes.create_string_buffer(8)
    local_, remote = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8), (ctypes.c_void_p * 2)(base, 8)
    return call(310, victim, local_, 1, remote, 1, 0)

def trace():
    return call(101, 16, victim, 0, 0)

def take_descriptor():
    return call(438, call(434, victim, 0), 1, 0)

def kill_it():
    os.kill(victim, signal.SIGTERM); return "killed"

def queue_it():
    return call(129, victim, 15, ctypes.create_string_buffer(128))

def leave_the_group():
    os.setsid(); return "left"

def limit_it():
    import resource
    resource.prlimit(victim, resource.RLIMIT_CPU, (1, 1)); return "limited"

def signal_by_file():
    import fcntl
    read, write = os.pipe()
    fcntl.fcntl(read, fcntl.F_SETOWN, victim); return "owned"

def signal_by_file_with_a_high_half():
    read, write = os.pipe()
    return call(72, read, 8 | 1 << 32, victim)

def signal_of_choice():
    read, write = os.pipe()
    return call(72, read, 10, 9)

def slow_everything_of_this_user():
    os.setpriority(os.PRIO_USER, 0, 19); return "slowed"

def slow_it():
    os.setpriority(os.PRIO_PROCESS, victim, 19); return "slowed"

def pin_it():
    os.sched_setaffinity(victim, {0}); return "pinned"

def new_user():
    return call(272, 0x10000000)

def share_memory():
    return call(29, 7701, 4096, 0o1600)

def watch_files():
    return call(254, call(253), state.encode(), 0x100)

for name, attempt in [(n, f) for n, f in globals().items() if getattr(f, "__code__", None) and n != "call"]:
    try:
        results[name] = repr(attempt())
    except BaseException as error:
        results[name] = f"refused: {type(error).__name__} {getattr(error, 'errno', '')}"
"""


# Writes to every descriptor that may be the result's.
MEMORY_FLOOD_SCRIPT = """
import os
while True:
    for descriptor in range(3, 9):
        try: os.write(descriptor, bytes(1 << 16))
        except OSError: pass
"""


@pytest.fixture
def attack_targets(tmp_path: Path) -> Iterator[dict[str, object]]:
    """Targets of an attacker: a server, a state directory, another process of the same user."""
    state = tmp_path / "state"
    state.mkdir()
    for name in ("outbox.db", "note"):
        (state / name).write_text("sealed")
    victim = subprocess.Popen(["sleep", "300"], env={"SECRET": "words of a citizen"})
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind(str(tmp_path / "local"))
        local.listen()
        try:
            yield {
                "state": str(state),
                "victim": victim.pid,
                "base": _first_address(victim.pid),
                "port": server.getsockname()[1],
                "local": str(tmp_path / "local"),
            }
            assert victim.poll() is None
            assert {file.name: file.read_text() for file in state.iterdir()} == {
                "outbox.db": "sealed",
                "note": "sealed",
            }
        finally:
            victim.kill()
            victim.wait()
            for left in ("/tmp/dk-written", "/dev/shm/dk-written"):
                assert not Path(left).exists()


def _first_address(process: int) -> int:
    wait_until(lambda: b"sleep" in Path(f"/proc/{process}/cmdline").read_bytes())
    return int(Path(f"/proc/{process}/maps").read_text().split("-")[0], 16)


def run_attempts(targets: dict[str, object], program: str) -> dict[str, str]:
    return child_process.run_in_child(
        eval,
        "exec(source, names) or names['results']",
        {"source": ATTEMPTS_SCRIPT, "names": targets},
        deadline_s=60,
        memory_mb=MEMORY_MB,
        program=program,
    )


@pytest.mark.parametrize("program", ["", "tesseract"])
def test_every_sandbox_escape_is_refused(attack_targets: dict[str, object], program: str) -> None:
    done = run_attempts(attack_targets, program)
    assert len(done) > 30
    assert {name: result for name, result in done.items() if not result.startswith("refused: ")} == {}


def test_the_attempts_succeed_without_the_sandbox(attack_targets: dict[str, object], tmp_path: Path) -> None:
    """Proves that the sandbox, not the system, refuses the attempts. Harmful attempts are left out."""
    harmless = ("over_", "by_udp", "run_shell", "run_by_loader", "read_", "list_", "write_state", "new_user", "watch_")
    script = (
        "import json, sys; names = json.loads(sys.argv[1])\n"
        + ATTEMPTS_SCRIPT.replace('n != "call"]', f'n != "call" and n.startswith({harmless!r})]')
        + "\nprint(json.dumps(results))"
    ).replace("libc =", "globals().update(names); libc =")
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(attack_targets)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    Path(str(attack_targets["state"]), "new").unlink()
    refused = {name for name, result in json.loads(done.stdout).items() if result.startswith("refused: ")}
    assert refused <= {"new_user"}, done.stdout  # some systems refuse it without a sandbox too


def test_the_number_of_processes_and_threads_is_limited() -> None:
    """The limit counts all processes of the user, so other programs of that user must not exceed it."""
    code = "__import__('resource').getrlimit(__import__('resource').RLIMIT_NPROC)"
    running_tasks = int(Path("/proc/loadavg").read_text().split()[3].split("/")[1])
    for program in ("", "tesseract"):
        most = child_process.run_in_child(eval, code, deadline_s=30, memory_mb=MEMORY_MB, program=program)
        assert most[0] == most[1] and abs(most[0] - running_tasks - child_main.MAX_TASKS) < 200, (most, running_tasks)


def _children(of: int) -> list[int]:
    """The processes started by this thread; none when it has ended."""
    with suppress(OSError):
        return [int(word) for word in Path(f"/proc/{of}/task/{of}/children").read_text().split()]
    return []


def test_the_kernel_kills_the_picture_process_first_when_memory_runs_out() -> None:
    """Inspected from outside: the process must not inspect itself."""
    seen: set[str] = set()
    cancel = threading.Event()

    def inspect() -> None:
        me, deadline = threading.get_native_id(), time.monotonic() + 50
        while "1000" not in seen and time.monotonic() < deadline:
            for task in Path("/proc/self/task").iterdir():  # the thread that starts a process is its parent
                started = _children(int(task.name)) if task.name != str(me) else []
                for worker in [worker for one in started for worker in _children(one)]:
                    with suppress(OSError):  # it has just ended
                        seen.add(Path(f"/proc/{worker}/oom_score_adj").read_text().strip())
            time.sleep(0.1)
        cancel.set()

    threading.Thread(target=inspect).start()
    with pytest.raises(ChildCancelledError):
        child_process.run_in_child(eval, "exec('while True: pass')", deadline_s=60, memory_mb=MEMORY_MB, cancel=cancel)
    assert "1000" in seen


def test_only_the_given_program_can_be_started() -> None:
    script = "__import__('subprocess').run({}, capture_output=True, check=True).stdout.decode()"
    allowed_code, other = (script.format(["tesseract", "--version"]), script.format(["/usr/bin/env"]))
    result = child_process.run_in_child(eval, allowed_code, deadline_s=30, memory_mb=MEMORY_MB, program="tesseract")
    assert result.startswith("tesseract 5")
    for code, program in ((other, "tesseract"), (allowed_code, "")):
        with pytest.raises(ChildFailedError, match="PermissionError"):
            child_process.run_in_child(eval, code, deadline_s=30, memory_mb=MEMORY_MB, program=program)


def test_a_started_program_is_in_the_same_sandbox(attack_targets: dict[str, object]) -> None:
    script = f"__import__('subprocess').run(['cat', {attack_targets['state']!r} + '/note'], capture_output=True).stdout"
    assert child_process.run_in_child(eval, script, deadline_s=30, memory_mb=MEMORY_MB, program="cat") == b""


def test_the_child_gets_no_environment_or_descriptors_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITIZEN", "นางบุญมา ใจดี")
    targets = child_process.run_in_child(eval, "dict(__import__('os').environ)", deadline_s=30, memory_mb=MEMORY_MB)
    bare = [sys.executable, "-I", "-c", "import os; print(*os.environ)"]  # added by the interpreter itself
    added = subprocess.run(bare, env={}, capture_output=True, text=True, check=True, timeout=30).stdout.split()
    assert set(targets) - set(added) <= {
        "PATH",
        "TESSDATA_PREFIX",
        confine.UNCONFINED_ENV_VAR,
        *child_process._ENVIRONMENT,
    }
    held = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(held, True)
    try:
        code = "sorted(n for n in range(3, 256) if not __import__('fcntl').fcntl(n, 1) & 1)"
        loop = f"[n for n in range(3, 256) if n == {held} and __import__('os').fstat(n)]"
        with pytest.raises(ChildFailedError, match="OSError"):
            child_process.run_in_child(eval, loop, deadline_s=30, memory_mb=MEMORY_MB)
        with pytest.raises(ChildFailedError, match="OSError"):  # no other descriptor is open
            child_process.run_in_child(eval, code, deadline_s=30, memory_mb=MEMORY_MB)
    finally:
        os.close(held)


def test_a_result_without_end_is_cut_off() -> None:
    started = time.monotonic()
    with pytest.raises(ChildFailedError, match="too large"):
        child_process.run_in_child(bytes, 2 << 20, deadline_s=60, memory_mb=MEMORY_MB, max_result_bytes=1 << 20)
    with pytest.raises(ChildFailedError, match="too large"):
        child_process.run_in_child(
            exec, MEMORY_FLOOD_SCRIPT, deadline_s=60, memory_mb=MEMORY_MB, max_result_bytes=1 << 20
        )
    assert time.monotonic() - started < 60


def test_cancelling_during_a_result_ends_the_child() -> None:
    cancel = threading.Event()
    threading.Timer(0.5, cancel.set).start()
    with pytest.raises(ChildCancelledError):
        child_process.run_in_child(eval, "exec('while True: pass')", deadline_s=60, memory_mb=MEMORY_MB, cancel=cancel)


@pytest.mark.parametrize("allowed", ["", "1"])
def test_no_picture_is_opened_without_a_sandbox(allowed: str) -> None:
    """Simulates a kernel without Landlock: seccomp refuses its calls to this process and its children."""
    script = f"import sys; sys.path[:0] = {sys.path!r}\n" + (
        "import ctypes, errno\n"
        "from ocr.confined import child_process, confine\n"
        "from ocr.errors import OcrError\n"
        "library = confine._load_seccomp()\n"
        "found = ctypes.c_void_p(library.seccomp_init(0x7FFF0000))\n"
        "assert library.seccomp_rule_add_array(found, 0x00050000 | errno.ENOSYS, 444, 0, None) == 0\n"
        "assert library.seccomp_load(found) == 0\n"
        "try: print(child_process.run_in_child(len, b'12345', deadline_s=30, memory_mb=512))\n"
        "except OcrError as error: print(error.reason.value, confine.find_missing_support())"
    )
    environment = os.environ | {confine.UNCONFINED_ENV_VAR: allowed}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    result = "5" if allowed else f"{OcrErrorReason.UNCONFINED.value} The kernel does not confine processes"
    assert done.stdout.startswith(result)


def test_doctor_reports_a_kernel_without_sandboxing(monkeypatch: pytest.MonkeyPatch) -> None:
    kiosk = HealthContext(development_defaults(), {}, may_contact_centre=False)
    assert list(machine_checks.check_confinement(kiosk)) == []
    monkeypatch.setattr(confine, "find_missing_support", lambda: "The kernel does not confine processes.")
    (finding,) = machine_checks.check_confinement(kiosk)
    assert (finding.code, finding.severity.value) == ("S-09", "hinders")
    monkeypatch.setenv(confine.UNCONFINED_ENV_VAR, "1")
    (finding,) = machine_checks.check_confinement(kiosk)
    assert finding.severity.value == "note"


def test_other_processes_of_the_user_cannot_read_the_interfaces_memory() -> None:
    script = f"import sys; sys.path[:0] = {sys.path!r}\n" + (
        "from kiosk_app.commands.process import protect_memory\n"
        "import ctypes\n"
        "before = ctypes.CDLL(None).prctl(3)\n"
        "protect_memory()\n"
        "print(before, ctypes.CDLL(None).prctl(3))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.split() == ["1", "0"]
    assert protect_memory.__doc__
