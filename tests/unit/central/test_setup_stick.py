"""`central setup-stick`: a table of kiosks becomes a file that only this centre can have signed."""

from pathlib import Path

import pytest
from django.utils import timezone

from central import cli
from central.centres.models import Officer
from protocol.encoding import from_base64
from protocol.setup_stick import answers_for, read_stick
from tests.unit.central.kiosk_client import KioskClient

HEAD = "serial,hall.kiosk_id,hall.name_th,network.proxy"


def _run(tmp_path: Path, officer: str, *lines: str) -> tuple[int, Path]:
    table, out = tmp_path / "kiosks.csv", tmp_path / "out.signed"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return cli.main(["setup-stick", str(table), "--as", officer, "--out", str(out)]), out


def test_the_stick_is_signed_with_the_key_that_an_enrolment_gives(
    kiosk: KioskClient, officer: Officer, tmp_path: Path
) -> None:
    status, out = _run(tmp_path, officer.username, HEAD, "SN-1,KKN12,ศาลากลาง,", "SN-2,KKN13,อำเภอ,-")
    assert status == 0
    assert out.stat().st_mode & 0o777 == 0o600
    statement = read_stick(out.read_bytes(), known_key=from_base64(kiosk.enrolment_response.receipt_key))
    answers = answers_for(statement, "SN-2", last_number=0, is_finished=False, now=timezone.now())
    assert answers == {"hall.kiosk_id": "KKN13", "hall.name_th": "อำเภอ", "network.proxy": ""}
    assert "network.proxy" not in statement.machines["SN-1"], "an empty cell is asked at the kiosk"


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (("kiosk,hall.kiosk_id", "1,KKN12"), "has no column serial"),
        (("serial,hall.color", "1,red"), "there is no answer hall.color"),
        ((HEAD, "SN-1,KKN12,,", "SN-1,KKN13,,"), "SN-1 is there twice"),
        ((HEAD, "SN-1,KKN12,,", "SN-2,KKN12,,"), "two kiosks have the id KKN12"),
        ((HEAD, ",KKN12,,"), "line 2: a serial number is missing"),
        ((HEAD,), "machines"),
    ],
)
def test_a_wrong_table_is_named(
    officer: Officer, tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: tuple[str, ...], sentence: str
) -> None:
    status, out = _run(tmp_path, officer.username, *lines)
    assert status != 0
    assert sentence in capsys.readouterr().err
    assert not out.exists()


def test_an_officer_without_kiosks_signs_nothing(
    tmp_path: Path, officer: Officer, capsys: pytest.CaptureFixture[str]
) -> None:
    officer.memberships.all().delete()
    status, out = _run(tmp_path, officer.username, HEAD, "SN-1,KKN12,,")
    assert status != 0
    assert "runs no kiosks" in capsys.readouterr().err
    assert not out.exists()
