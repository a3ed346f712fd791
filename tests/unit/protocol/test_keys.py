from pathlib import Path
from uuid import UUID

import pytest

from protocol import keys

ENROLMENT = UUID("01900000-0000-7000-8000-000000000001")


def test_a_saved_key_is_loaded_unchanged_and_readable_only_by_its_owner(tmp_path: Path) -> None:
    signing, sealing = keys.new_signing_key(), keys.new_sealing_key()
    keys.save_private_key(signing, tmp_path / "signing.key")
    keys.save_private_key(sealing, tmp_path / "sealing.key")
    assert keys.public_key_bytes(keys.load_signing_key(tmp_path / "signing.key")) == keys.public_key_bytes(signing)
    assert keys.public_key_bytes(keys.load_sealing_key(tmp_path / "sealing.key")) == keys.public_key_bytes(sealing)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert len(list(tmp_path.iterdir())) == 2


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    first = keys.new_signing_key()
    keys.save_private_key(first, tmp_path / "key")
    with pytest.raises(FileExistsError):
        keys.save_private_key(keys.new_signing_key(), tmp_path / "key")
    assert keys.public_key_bytes(keys.load_signing_key(tmp_path / "key")) == keys.public_key_bytes(first)
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_an_invalid_key_file_gives_a_one_line_error(tmp_path: Path) -> None:
    with pytest.raises(keys.KeyFileError, match="cannot be read"):
        keys.load_signing_key(tmp_path / "missing")
    (tmp_path / "damaged").write_bytes(b"-----BEGIN PRIVATE KEY-----\nAAAA")
    with pytest.raises(keys.KeyFileError, match="damaged"):
        keys.load_signing_key(tmp_path / "damaged")
    keys.save_private_key(keys.new_sealing_key(), tmp_path / "other")
    with pytest.raises(keys.KeyFileError, match="no Ed25519 key"):
        keys.load_signing_key(tmp_path / "other")


def test_fingerprints_name_keys() -> None:
    public = keys.public_key_bytes(keys.new_signing_key())
    assert keys.fingerprint(public) == keys.fingerprint(public)
    assert len(keys.fingerprint(public)) == 32
    assert keys.fingerprint(public) != keys.fingerprint(keys.public_key_bytes(keys.new_signing_key()))


def test_both_sides_derive_the_compare_code_and_any_other_key_changes_it() -> None:
    kiosk, sealing, receipt, other = (bytes([n]) * 32 for n in range(4))
    code = keys.compare_code(kiosk, sealing, receipt, ENROLMENT)
    assert code == keys.compare_code(kiosk, sealing, receipt, str(ENROLMENT))
    assert [len(group) for group in code.split("-")] == [4, 4]
    variants = {
        keys.compare_code(other, sealing, receipt, ENROLMENT),
        keys.compare_code(kiosk, other, receipt, ENROLMENT),
        keys.compare_code(kiosk, sealing, other, ENROLMENT),
        keys.compare_code(kiosk, receipt, sealing, ENROLMENT),
        keys.compare_code(kiosk, sealing, receipt, UUID(int=7)),
    }
    assert len(variants | {code}) == 6
