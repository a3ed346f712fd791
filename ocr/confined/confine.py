"""Confines the process that handles a picture: afterwards it can only compute and return a result.

Landlock (in the kernel since 5.13) denies every file that is not listed here. seccomp (by Debian's libseccomp) denies
network, signals, other processes' memory, new programs, and the system calls on files that Landlock does not cover.
Both apply to everything the process starts and to root, and cannot be undone. Neither applies to a thread that already
runs, so a process that confines itself must have only one. See decision 0009.
"""

import ctypes
import errno
import os
import shutil
import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

# Set to 1 to open pictures also on a machine that cannot confine processes.
UNCONFINED_ENV_VAR = "KIOSK_UNCONFINED_PICTURES"

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38

# --- Landlock: linux/landlock.h ---------------------------------------------------------------------------------------

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_QUERY_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = (1 << bit for bit in range(4))
# Besides reading and writing: create and remove files and directories.
_SCRATCH_DIR_RIGHTS = _WRITE_FILE | _READ_FILE | _READ_DIR | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 14
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15  # what a rule for a single file may contain
_RIGHTS_OF_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_ALL_RIGHTS = (1 << 16) - 1  # from version 5 on
_LANDLOCK_SCOPES = 3  # from version 6 on: signals and abstract sockets of processes outside

# What Python, its modules, Tesseract and libthai read. It contains no personal data.
_READABLE_PATHS = (
    *("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/etc/ld.so.conf"),
    *("/usr/share/tesseract-ocr", "/usr/share/tessdata", "/usr/share/libthai"),
    *("/dev/urandom", "/sys/devices/system/cpu"),
)

# --- seccomp: seccomp.h -----------------------------------------------------------------------------------------------

_ALLOW = 0x7FFF0000
_NOT_EQUAL, _MASKED_EQUAL = 1, 7
_INT_MASK = 0xFFFFFFFF  # the kernel reads this half of a register for a C int; the other half may hold anything
# Commands of fcntl that make the kernel send a signal to a chosen process: F_SETOWN, F_SETSIG, F_SETOWN_EX.
_FCNTL_SIGNAL_COMMANDS = (8, 10, 15)
_CLONE_THREAD = 0x10000
_NAMESPACE_FLAGS = (0x80, 0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)

_DENIED_SYSCALLS = """
    socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg socketcall
    kill tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_getfd pidfd_send_signal setsid setpgid
    ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp migrate_pages move_pages
    execveat memfd_create memfd_secret uselib personality
    truncate truncate64 chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat chown32 fchown32 lchown32
    utime utimes futimesat utimensat setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr setxattrat
    removexattrat file_setattr
    mount umount umount2 move_mount open_tree open_tree_attr fsopen fsconfig fsmount fspick mount_setattr pivot_root
    chroot unshare setns swapon swapoff quotactl quotactl_fd acct
    open_by_handle_at name_to_handle_at inotify_init inotify_init1 inotify_add_watch fanotify_init fanotify_mark
    io_uring_setup io_uring_enter io_uring_register bpf perf_event_open userfaultfd syslog
    add_key request_key keyctl init_module finit_module delete_module kexec_load kexec_file_load reboot
    shmget shmat shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl ipc mq_open mq_unlink
    settimeofday stime clock_settime clock_adjtime adjtimex sethostname setdomainname iopl ioperm vhangup
    setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset
    sched_setscheduler sched_setattr sched_setparam ioprio_set nfsservctl lookup_dcookie
"""
_EXEC_SYSCALLS = ("execve", "fork", "vfork")


class ConfinementError(Exception):
    """This machine cannot confine a process; one sentence says what is missing."""


class _SeccompComparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operation", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


class _LandlockRuleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("ports", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _LandlockPathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("rights", ctypes.c_uint64), ("directory", ctypes.c_int32))


_libc = ctypes.CDLL(None, use_errno=True)


def find_missing_support() -> str | None:
    """None where a process can be confined, otherwise one sentence that says what is missing."""
    if _landlock_version() < 1:
        return (
            "The kernel does not confine processes: Landlock is off (lsm=landlock,… on its command line), or the "
            "container denies it."
        )
    if _load_seccomp() is None:
        return "libseccomp is not installed (Debian package libseccomp2)."
    return None


def hide_memory() -> None:
    """Prevent other processes of the same user from reading this process's memory or tracing it, and core dumps."""
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def die_with_parent(signal: int) -> None:
    """Have the kernel send `signal` to this process when its parent ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal, 0, 0, 0)


def confine(scratch_dir: Path | None, program: str = "") -> None:
    """Confine this process, whose only thread calls this: it can read only the files of Python and Tesseract, and write
    only in `scratch_dir`. `program`: the name of the one program it may start; '' for none.

    Raises ConfinementError; the process may then be confined in part."""
    if (missing := find_missing_support()) is not None:
        raise ConfinementError(missing)
    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 - no Path objects in a process with a hostile picture
        raise ConfinementError("A process with threads cannot be confined.")
    hide_memory()
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _restrict_files(scratch_dir, shutil.which(program) if program else None)
    _restrict_syscalls(program=bool(program))


def _restrict_files(scratch_dir: Path | None, program: str | None) -> None:
    version = _landlock_version()
    rights = _RIGHTS_OF_VERSION.get(version, _ALL_RIGHTS)
    requested = _LandlockRuleset(rights, 3 if version >= 4 else 0, _LANDLOCK_SCOPES if version >= 6 else 0)
    ruleset = _libc.syscall(_CREATE_RULESET, ctypes.byref(requested), ctypes.c_size_t(ctypes.sizeof(requested)), 0)
    if ruleset < 0:
        raise ConfinementError(f"Landlock: {os.strerror(ctypes.get_errno())}.")
    ocr_package = Path(__file__).parents[1]
    readable: set[str | Path] = {
        sys.prefix,
        Path(os.__file__).parent,
        ocr_package,
        ocr_package.with_name("thai"),
        *_READABLE_PATHS,
    }
    if prefix := os.environ.get("TESSDATA_PREFIX"):
        readable.add(prefix)
    for path in readable:
        _add_path_rule(ruleset, path, (_READ_FILE | _READ_DIR) & rights)
    _add_path_rule(ruleset, os.devnull, (_READ_FILE | _WRITE_FILE) & rights)
    if scratch_dir is not None:
        _add_path_rule(ruleset, scratch_dir, _SCRATCH_DIR_RIGHTS & rights)
    if program is not None:
        for path in (program, *_DYNAMIC_LOADERS):
            _add_path_rule(ruleset, path, (_EXECUTE | _READ_FILE) & rights)
    result = _libc.syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    if result != 0:
        raise ConfinementError(f"Landlock: {os.strerror(ctypes.get_errno())}.")


_DYNAMIC_LOADERS = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-linux-armhf.so.3")


def _add_path_rule(ruleset: int, path: str | Path, rights: int) -> None:
    with suppress(FileNotFoundError):  # some paths do not exist on every machine
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            rule = _LandlockPathRule(rights if os.path.isdir(path) else rights & _FILE_RIGHTS, descriptor)  # noqa: PTH112
            if _libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0) != 0:
                raise ConfinementError(f"Landlock: {path}: {os.strerror(ctypes.get_errno())}.")
        finally:
            os.close(descriptor)


def _restrict_syscalls(*, program: bool) -> None:
    seccomp = _load_seccomp()
    assert seccomp is not None  # noqa: S101 - `find_missing_support` has checked
    filter_ = ctypes.c_void_p(seccomp.seccomp_init(_ALLOW))

    def deny(name: str, *comparisons: _SeccompComparison, error: int = errno.EPERM) -> None:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number < 0:  # of another architecture, or newer than this library
            return
        array = (_SeccompComparison * len(comparisons))(*comparisons)
        if seccomp.seccomp_rule_add_array(filter_, 0x00050000 | error, number, len(comparisons), array) != 0:
            raise ConfinementError(f"seccomp: the call {name} cannot be denied.")

    try:
        for name in _DENIED_SYSCALLS.split():
            deny(name)
        # Allowed for the process itself only: abort() sends it a signal, and it queries its own limits, processors and
        # niceness.
        deny("tgkill", _SeccompComparison(0, _NOT_EQUAL, os.getpid()))
        for name in ("prlimit64", "sched_setaffinity"):
            deny(name, _SeccompComparison(0, _NOT_EQUAL, 0))
        for argument in (0, 1):  # PRIO_PROCESS; with PRIO_USER, 0 means all processes of this user
            deny("setpriority", _SeccompComparison(argument, _NOT_EQUAL, 0))
        for command in _FCNTL_SIGNAL_COMMANDS:
            deny("fcntl", _SeccompComparison(1, _MASKED_EQUAL, _INT_MASK, command))
        # Its flags are in memory, which no filter can read; libc falls back to clone.
        deny("clone3", error=errno.ENOSYS)
        for flag in _NAMESPACE_FLAGS:
            deny("clone", _SeccompComparison(0, _MASKED_EQUAL, flag, flag))
        if not program:
            for name in _EXEC_SYSCALLS:
                deny(name)
            deny("clone", _SeccompComparison(0, _MASKED_EQUAL, _CLONE_THREAD, 0))
        if seccomp.seccomp_load(filter_) != 0:
            raise ConfinementError("seccomp: the filter cannot be loaded.")
    finally:
        seccomp.seccomp_release(filter_)


@lru_cache(maxsize=1)
def _landlock_version() -> int:
    """ABI version of the kernel's Landlock; below 1 where there is none."""
    return int(_libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _QUERY_VERSION))


@lru_cache(maxsize=1)
def _load_seccomp() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    except OSError:
        return None
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_void_p,
    ]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    library.seccomp_release.argtypes = [ctypes.c_void_p]
    return library
