from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_app.outbox.series import AHEAD, FILE, SeriesMirror


def reopened(directory: Path, mirror: SeriesMirror) -> SeriesMirror:
    mirror.close()
    return SeriesMirror(directory)


def test_it_remembers_the_last_number_and_reserves_ahead(tmp_path: Path) -> None:
    mirror = SeriesMirror(tmp_path)
    assert (mirror.last("KKN07A"), mirror.reserved()) == (0, {})
    for number in range(1, AHEAD + 3):
        mirror.note("KKN07A", number)
    mirror.note("KKN07B", 5)
    mirror = reopened(tmp_path, mirror)
    assert (mirror.last("KKN07A"), mirror.last("KKN07B")) == (AHEAD + 2, 5)
    assert mirror.reserved() == {"KKN07A": AHEAD + 2 + AHEAD, "KKN07B": 5 + AHEAD}
    mirror.close()


@settings(deadline=None)  # it waits for the disk
@given(spoiled=st.integers(0, 2), numbers=st.integers(1, 100), rubbish=st.binary(min_size=1, max_size=4096))
def test_one_spoiled_block_never_lets_a_number_repeat(
    tmp_path_factory, spoiled: int, numbers: int, rubbish: bytes
) -> None:
    directory = tmp_path_factory.mktemp("series")
    mirror = SeriesMirror(directory)
    for number in range(1, numbers + 1):
        mirror.note("KKN07A", number)
    mirror.close()
    content = bytearray((directory / FILE).read_bytes())
    content[spoiled * 4096 : spoiled * 4096 + len(rubbish)] = rubbish
    (directory / FILE).write_bytes(content)
    mirror = SeriesMirror(directory)
    # A block that was synced is spoiled long after by the disk itself: what was given last still stands beside it.
    assert max(mirror.reserved()["KKN07A"], mirror.last("KKN07A")) >= numbers
    mirror.close()
