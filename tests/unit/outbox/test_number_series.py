from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_app.outbox.series import FILE, RESERVED_AHEAD, SeriesMirror


def reopened(directory: Path, mirror: SeriesMirror) -> SeriesMirror:
    mirror.close()
    return SeriesMirror(directory)


def test_the_mirror_stores_the_last_number_and_reserves_ahead(tmp_path: Path) -> None:
    mirror = SeriesMirror(tmp_path)
    assert (mirror.last_number("KKN07A"), mirror.reserved_numbers()) == (0, {})
    for number in range(1, RESERVED_AHEAD + 3):
        mirror.record("KKN07A", number)
    mirror.record("KKN07B", 5)
    mirror = reopened(tmp_path, mirror)
    assert (mirror.last_number("KKN07A"), mirror.last_number("KKN07B")) == (RESERVED_AHEAD + 2, 5)
    assert mirror.reserved_numbers() == {"KKN07A": RESERVED_AHEAD + 2 + RESERVED_AHEAD, "KKN07B": 5 + RESERVED_AHEAD}
    mirror.close()


@settings(deadline=None)  # each write waits for the disk
@given(damaged=st.integers(0, 2), numbers=st.integers(1, 100), rubbish=st.binary(min_size=1, max_size=4096))
def test_one_damaged_block_repeats_no_number(
    tmp_path_factory: pytest.TempPathFactory, damaged: int, numbers: int, rubbish: bytes
) -> None:
    directory = tmp_path_factory.mktemp("series")
    mirror = SeriesMirror(directory)
    for number in range(1, numbers + 1):
        mirror.record("KKN07A", number)
    mirror.close()
    content = bytearray((directory / FILE).read_bytes())
    content[damaged * 4096 : damaged * 4096 + len(rubbish)] = rubbish
    (directory / FILE).write_bytes(content)
    mirror = SeriesMirror(directory)
    # The disk damages a block long after it was synced: the number issued last is also in another block.
    assert max(mirror.reserved_numbers()["KKN07A"], mirror.last_number("KKN07A")) >= numbers
    mirror.close()
