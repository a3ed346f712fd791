"""What root runs, and its environment, is in no directory of a less privileged user: that user could become root."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SYSTEMD = ROOT / "systemd"
UNITS = sorted(
    path
    for directory in (SYSTEMD, ROOT / "provision/image/files/data", ROOT / "provision/lockdown/etc/systemd")
    for path in directory.rglob("*")
    if path.suffix in (".service", ".socket", ".path", ".timer", ".mount") or path.parent.suffix == ".d"
)
# systemd applies these to every command of a unit, also to those that `+` or `!` run as root.
USED_BY_EVERY_COMMAND = re.compile(
    "EnvironmentFile|LoadCredential|LoadCredentialEncrypted|Bind(ReadOnly)?Paths|Root(Directory|Image)|"
    "ExtensionDirectories|WorkingDirectory|OpenFile|PIDFile|Standard(Input|Output|Error)"
)
DIRECTORIES_OF_UNIT = {
    "RuntimeDirectory": "/run",
    "StateDirectory": "/var/lib",
    "CacheDirectory": "/var/cache",
    "LogsDirectory": "/var/log",
}
SPECIFIERS = {"%t": "/run", "%S": "/var/lib", "%C": "/var/cache", "%L": "/var/log", "%T": "/tmp", "%V": "/var/tmp"}


def _settings(text: str) -> list[tuple[str, str]]:
    for specifier, directory in SPECIFIERS.items():
        text = text.replace(specifier, directory)
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return [(key, value) for key, separator, value in (line.partition("=") for line in lines) if separator]


def _user(settings: list[tuple[str, str]]) -> str:
    return dict(settings).get("User", "root")


def _directories_of_users() -> set[str]:
    """Directories in which another user than root, or everybody, creates files."""
    directories = {"/tmp", "/var/tmp", "/dev/shm", "/home"}
    for file in SYSTEMD.rglob("*.tmpfiles.conf"):
        rows = [line.split() for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        directories |= {row[1] for row in rows if row[3] not in ("root", "-")}
    for unit in UNITS:
        settings = _settings(unit.read_text("utf-8"))
        if _user(settings) != "root":
            names = [(DIRECTORIES_OF_UNIT.get(key), value.split()) for key, value in settings]
            directories |= {f"{parent}/{name}" for parent, values in names if parent for name in values}
    return directories


def _unsafe_settings(text: str, directories: set[str]) -> list[str]:
    """The settings through which a file in one of the directories reaches a command that root runs."""
    settings = _settings(text)
    commands = [(f"{key}={value}", value) for key, value in settings if key.startswith("Exec")]
    as_root = [
        command
        for command in commands
        if _user(settings) == "root" or re.match(r"[-@:|]*[+!]", command[1])  # the prefixes of a command
    ]
    shared = [(f"{key}={value}", value) for key, value in settings if USED_BY_EVERY_COMMAND.fullmatch(key)]
    return [
        setting
        for setting, value in (*as_root, *(shared if as_root else ()))
        for path in re.findall(r"/[^\s:\"']+", value)
        if any(Path(path).is_relative_to(directory) for directory in directories)
    ]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_no_command_of_root_uses_the_directory_of_another_user(unit: Path) -> None:
    assert _unsafe_settings(unit.read_text("utf-8"), _directories_of_users()) == []


def test_the_directories_of_the_users_are_known() -> None:
    assert {
        "/run/damrongdham-kiosk",
        "/var/lib/damrongdham-kiosk/interface",
        "/var/lib/damrongdham-kiosk/delivery",
        "/var/lib/damrongdham-central",
    } <= _directories_of_users()


@pytest.mark.parametrize(
    ("text", "is_unsafe"),
    [
        ("User=dk-ui\nExecStartPre=-+/usr/bin/true\nEnvironmentFile=-%t/damrongdham-kiosk/variables\n", True),
        ("User=dk-ui\nExecStart=/usr/bin/true\nEnvironmentFile=-/run/damrongdham-kiosk/variables\n", False),
        ("ExecStart=/usr/bin/python3 /var/lib/damrongdham-kiosk/interface/program.py\n", True),
        ("ExecStart=/usr/bin/true\nLoadCredential=key:/var/lib/damrongdham-kiosk/delivery/key\n", True),
        ("ExecStart=/usr/bin/true\nLoadCredential=key:/var/lib/damrongdham-kiosk/key\n", False),
    ],
)
def test_what_is_unsafe(text: str, *, is_unsafe: bool) -> None:
    assert bool(_unsafe_settings(text, _directories_of_users())) is is_unsafe
