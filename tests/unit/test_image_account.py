"""The technician's account of a disk image: what is refused, and what is written into the system."""

from pathlib import Path

import pytest

from kiosk_app.settings.load import load
from kiosk_app.settings.render import to_commented_toml
from provision.image.__main__ import _parse
from provision.image.account import AccountError, add_account, make_account

_HASH = "$6$3yFZyY5jd4M5xYpV$Dkq5W1jkCxnZ0Xj3R0cVb8aFq8n1mT2hPpQz7o0u9"
_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBNyEqp9JsrjcvxG1fo6klwjbuUD8sa9t7I2UiiiVp/ technician@example.go.th"
_EPOCH = 1_796_000_000


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key.pub"
    file.write_text(f"# the office\n{_KEY}\n", encoding="utf-8")
    return file


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is run in the tree, a line each, by a stand-in of chroot: the tree has no programs."""
    programs, log = tmp_path / "programs", tmp_path / "commands"
    programs.mkdir()
    (programs / "chroot").write_text(f'#!/bin/sh\nshift\necho "$SOURCE_DATE_EPOCH $*" >>"{log}"\n', encoding="utf-8")
    (programs / "chroot").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return log


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    for name in ("home/napa", "etc/sudoers.d", "etc/ssh/sshd_config.d", "etc/damrongdham-kiosk"):
        (root / name).mkdir(parents=True)
    (root / "etc/damrongdham-kiosk/kiosk.toml").write_text(to_commented_toml(), encoding="utf-8")
    return root


def test_a_password_is_for_the_machine_and_for_sudo(tree: Path, commands: Path) -> None:
    account = make_account("napa", _HASH, None, [])
    assert account.packages == ("sudo",), "no SSH without a key"
    assert _HASH not in repr(account)
    add_account(tree, account, _EPOCH)
    (made,) = commands.read_text("utf-8").splitlines()
    assert made.startswith(f"{_EPOCH} useradd "), "the day in /etc/shadow is that of the sources"
    assert f"--groups sudo --password {_HASH} napa" in made
    assert not list((tree / "etc/sudoers.d").iterdir()), "sudo asks for the password"
    assert not list((tree / "etc/ssh/sshd_config.d").iterdir())


def test_a_key_is_for_ssh_which_accepts_nothing_else(tree: Path, commands: Path, key_file: Path) -> None:
    account = make_account("napa", "", key_file, [])
    assert "openssh-server" in account.packages
    add_account(tree, account, _EPOCH)
    made = commands.read_text("utf-8")
    assert "--password * napa" in made, "no password fits"
    assert "systemctl mask ssh.socket" in made
    keys, sudoers = tree / "home/napa/.ssh/authorized_keys", tree / "etc/sudoers.d/napa"
    assert keys.read_text("utf-8") == f"{_KEY}\n"
    assert sudoers.read_text("utf-8") == "napa ALL=(ALL:ALL) NOPASSWD: ALL\n"
    assert [path.stat().st_mode & 0o777 for path in (keys.parent, keys, sudoers)] == [0o700, 0o600, 0o440]
    daemon = (tree / "etc/ssh/sshd_config.d/damrongdham-kiosk.conf").read_text("utf-8").splitlines()
    refused = {"PermitRootLogin no", "PasswordAuthentication no", "KbdInteractiveAuthentication no"}
    assert {"AllowUsers napa", *refused} <= set(daemon)


def test_each_kiosk_makes_host_keys_which_a_recovery_keeps(tree: Path, commands: Path, key_file: Path) -> None:
    add_account(tree, make_account("napa", "", key_file, []), _EPOCH)
    daemon = (tree / "etc/ssh/sshd_config.d/damrongdham-kiosk.conf").read_text("utf-8").splitlines()
    service = (tree / "etc/systemd/system/ssh.service.d/damrongdham-kiosk.conf").read_text("utf-8")
    host_keys = [line.split()[1] for line in daemon if line.startswith("HostKey ")]
    assert host_keys
    assert all(name.startswith("/data/etc/ssh/ssh_host_") for name in host_keys)
    assert "ssh-keygen -A -f /data\n" in service, "which makes /data/etc/ssh/ssh_host_*"
    assert "RequiresMountsFor=/data\n" in service
    assert commands.exists()


def test_the_first_settings_name_where_ssh_comes_from(tree: Path, commands: Path, key_file: Path) -> None:
    add_account(tree, make_account("napa", _HASH, key_file, ["10.20.0.9/16", "2001:db8::/32"]), _EPOCH)
    settings = load(tree / "etc/damrongdham-kiosk/kiosk.toml")
    assert settings.network.ssh_from == ("10.20.0.0/16", "2001:db8::/32")
    assert commands.exists()


@pytest.mark.parametrize(
    ("name", "password_hash", "key", "ssh_from", "sentence"),
    [
        ("technician", "", "", [], "needs --account-password-hash, --account-ssh-key or both"),
        ("Technician", _HASH, "", [], "small letters"),
        ("a b", _HASH, "", [], "small letters"),
        ("technician", "secret", "", [], "openssl passwd -6"),
        ("technician", "$1$old$anOldKindOfHashThatIsLong", "", [], "openssl passwd -6"),
        ("technician", _HASH, "", ["10.0.0.0/8"], "SSH accepts keys only"),
        ("technician", "", _KEY, ["10.0.0.0/99"], "--ssh-from"),
        ("technician", "", "# nothing\n", [], "has no key"),
        ("technician", "", "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n", [], "private key"),
        ("technician", "", "ssh-ed25519 AAAA me\n", [], "no public key"),
    ],
)
def test_what_makes_no_account_is_refused_in_one_sentence(
    tmp_path: Path, name: str, password_hash: str, key: str, ssh_from: list[str], sentence: str
) -> None:
    file = tmp_path / "key"
    file.write_text(key, encoding="utf-8")
    with pytest.raises(AccountError, match=sentence):
        make_account(name, password_hash, file if key else None, ssh_from)


def test_an_account_is_made_only_when_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert _parse([]).made_account is None
    assert _parse(["--account-password-hash", _HASH]).made_account.name == "technician"
    with pytest.raises(SystemExit) as ended:
        _parse(["--account", "napa"])
    assert ended.value.code == 2
    assert "an account needs" in capsys.readouterr().err
