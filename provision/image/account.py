"""The technician's account in the image: a password for a keyboard at the machine, keys for SSH, or both."""

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from provision.packaging.debian_root import BuildError, run_build_command

_SSH_FILES = Path(__file__).parent / "files" / "ssh"
_KIOSK_TOML = "etc/damrongdham-kiosk/kiosk.toml"
_NO_NETWORKS = "\nssh_from = []\n"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
# crypt(5): yescrypt, gost-yescrypt, scrypt, bcrypt, SHA-512
_PASSWORD_HASH = re.compile(r"\$(y|gy|7|2b|6)\$[^\s:]{20,}")
_NO_PASSWORD = "*"  # noqa: S105 - no password has this hash


class AccountError(Exception):
    """The account cannot be made as it was asked for; the message is for a person."""


@dataclass(frozen=True)
class Account:
    """`password_hash` is one of crypt(5), '' for none. `ssh_keys` has lines of authorized_keys, '' for none. `ssh_from`
    are networks, for kiosk.toml."""

    name: str
    password_hash: str = field(repr=False)
    ssh_keys: str
    ssh_from: tuple[str, ...]

    @property
    def packages(self) -> tuple[str, ...]:
        """What it needs in the image."""
        return ("sudo", "openssh-server") if self.ssh_keys else ("sudo",)


def make_account(name: str, password_hash: str, ssh_key_file: Path | None, ssh_from: list[str]) -> Account:
    """The account, after a check of each part. Raises AccountError."""
    if not _NAME.fullmatch(name):
        raise AccountError(f"--account {name}: use small letters, digits and hyphens, with a letter first")
    if password_hash and not _PASSWORD_HASH.fullmatch(password_hash):
        raise AccountError(
            "--account-password-hash is no hash of a password: give what `openssl passwd -6` prints, between ' and '"
        )
    ssh_keys = _read_keys(ssh_key_file) if ssh_key_file else ""
    if not password_hash and not ssh_keys:
        raise AccountError("an account needs --account-password-hash, --account-ssh-key or both")
    if ssh_from and not ssh_keys:
        raise AccountError("--ssh-from needs --account-ssh-key: SSH accepts keys only")
    return Account(name, password_hash, ssh_keys, _parse_networks(ssh_from))


def _read_keys(file: Path) -> str:
    try:
        lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise AccountError(f"--account-ssh-key {file} cannot be read: {error}") from None
    keys = [line for line in lines if line and not line.startswith("#")]
    if any("PRIVATE KEY" in line for line in keys):
        raise AccountError(f"--account-ssh-key {file} is a private key, which stays where it is: give its .pub file")
    for key in keys:
        try:
            load_ssh_public_key(key.encode())
        except (ValueError, UnsupportedAlgorithm):
            raise AccountError(f"--account-ssh-key {file} has a line that is no public key: {key[:40]}") from None
    if not keys:
        raise AccountError(f"--account-ssh-key {file} has no key")
    return "".join(f"{key}\n" for key in keys)


def _parse_networks(texts: list[str]) -> tuple[str, ...]:
    try:
        return tuple(str(ipaddress.ip_network(text, strict=False)) for text in texts)
    except ValueError as error:
        raise AccountError(f"--ssh-from: {error}") from None


def add_account(tree: Path, account: Account, epoch: int) -> None:
    """Make the account in the root `tree`. It may do everything by sudo, which asks for its password when it has one.
    Raises BuildError."""
    # SOURCE_DATE_EPOCH: /etc/shadow has the day of the last change.
    groups = ["--groups", "sudo"] if account.password_hash else []
    password = account.password_hash or _NO_PASSWORD
    _in_root(
        tree,
        *("useradd", "--create-home", "--shell", "/bin/bash", *groups, "--password", password, account.name),
        SOURCE_DATE_EPOCH=str(epoch),
    )
    if not account.password_hash:
        sudoers = tree / "etc/sudoers.d" / account.name
        sudoers.write_text(f"{account.name} ALL=(ALL:ALL) NOPASSWD: ALL\n", "utf-8")
        sudoers.chmod(0o440)
    if account.ssh_keys:
        _add_ssh(tree, account)
    if account.ssh_from:
        _write_ssh_from(tree, account.ssh_from)


def _add_ssh(tree: Path, account: Account) -> None:
    keys = tree / "home" / account.name / ".ssh"
    keys.mkdir(mode=0o700)
    (keys / "authorized_keys").write_text(account.ssh_keys, "utf-8")
    (keys / "authorized_keys").chmod(0o600)
    _in_root(tree, "chown", "-R", f"{account.name}:{account.name}", f"/home/{account.name}/.ssh")
    for source, target in (
        ("sshd.conf", "etc/ssh/sshd_config.d/damrongdham-kiosk.conf"),
        ("ssh.service.conf", "etc/systemd/system/ssh.service.d/damrongdham-kiosk.conf"),
    ):
        (tree / target).parent.mkdir(parents=True, exist_ok=True)
        (tree / target).write_text((_SSH_FILES / source).read_text("utf-8").replace("@ACCOUNT@", account.name), "utf-8")
    # The other way to start sshd, without these preparations. The first start of a system enables whatever it can.
    _in_root(tree, "systemctl", "mask", "ssh.socket")


def _write_ssh_from(tree: Path, networks: tuple[str, ...]) -> None:
    """Into the kiosk.toml with which a kiosk begins."""
    settings = tree / _KIOSK_TOML
    text = settings.read_text("utf-8")
    if text.count(_NO_NETWORKS) != 1:
        raise BuildError(f"/{_KIOSK_TOML} has no line for network.ssh_from")
    names = ", ".join(f'"{network}"' for network in networks)
    settings.write_text(text.replace(_NO_NETWORKS, f"\nssh_from = [{names}]\n"), "utf-8")


def _in_root(tree: Path, *command: str, **environment: str) -> None:
    run_build_command(["chroot", str(tree), *command], environment={"LC_ALL": "C.UTF-8", **environment})
