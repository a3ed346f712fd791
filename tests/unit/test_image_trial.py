"""The trial of the disk image: its own parts, without a machine."""

import socket
import struct
from pathlib import Path
from typing import cast

import pytest

from simulators.card_profiles import PROFILES
from simulators.id_card import APPLET, IdCard
from tests.image_trial.card_link import CardLink
from tests.image_trial.citizen import Citizen
from tests.image_trial.installed_disk import InstalledDisk
from tests.image_trial.promises import Promises
from tests.image_trial.virtual_machine import Machine, RunningMachine, _command
from tests.torture.headless_kiosk import CANARY

_LINE = (
    b'{"touch_map": {"frames": 1, "touches": 0, "ignored_touches": 0, "screen": "attract", "overlay": "",'
    b' "targets": []},'
    b' "status": {"boot_id": "b", "devices": {"card_reader": "empty"}}, "boot_id": "b"}\n'
)
_SELECT = b"\x00\xa4\x04\x00" + bytes((len(APPLET),)) + APPLET


def test_a_card_answers_the_reader_of_the_machine(tmp_path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "card.sock"))
    listener.listen()
    link = CardLink(IdCard(PROFILES["boonma"]), tmp_path / "card.sock")
    reader, _ = listener.accept()
    with reader, listener, reader.makefile("rb") as stream:

        def receive() -> tuple[int, bytes]:
            kind, _, length = struct.unpack(">III", stream.read(12))
            return kind, stream.read(length)

        assert receive()[1].startswith(b"VSCD")
        assert receive() == (3, b"trial")
        assert receive() == (5, PROFILES["boonma"].atr)
        reader.sendall(struct.pack(">III", 4, 0, 4) + bytes(4))  # an answer of the reader, which is none of the card's
        reader.sendall(struct.pack(">III", 7, 0, len(_SELECT)) + _SELECT)
        kind, response = receive()
        assert (kind, response[0]) == (7, 0x61)  # the applet is selected, and has data
        link.remove()
        assert receive() == (6, b"")


def test_the_newest_complete_touch_map_counts(tmp_path: Path) -> None:
    class _Machine:
        is_running = True

    log = tmp_path / "touch-map.log"
    citizen = Citizen(cast("RunningMachine", _Machine()), log, lambda _state: None)
    for content, screen in (
        (b"", ""),
        (b'{"touch_map"', ""),
        (b'{"touch_map": {}, "status": {}}\n', ""),
        (_LINE, "attract"),
    ):
        log.write_bytes(content)
        assert citizen.read_screen().screen == screen
        assert citizen.is_slot_empty() is (screen == "attract")
    log.write_bytes(_LINE.replace(b'"boot_id": "b"}', b'"boot_id": "c"}'))
    assert not citizen.is_slot_empty(), "the report is that of the boot before"
    log.write_bytes(_LINE * 2 + b'{"touch_map": {"screen": "no')
    assert citizen.read_screen().screen == "attract"


def test_a_text_is_found_anywhere_on_a_sparse_disk(tmp_path: Path) -> None:
    image = tmp_path / "disk.img"
    with image.open("wb") as disk:
        disk.truncate(200_000_000)
        disk.seek(150_000_000)
        disk.write(b"\x00 " + f"\\u0e01 {CANARY}".encode("utf-16-le"))
    disk_image = InstalledDisk(image, tmp_path)
    assert disk_image.find_readable([CANARY, "0891234567"]) == [CANARY]


def test_a_machine_of_each_architecture_has_its_processor_and_firmware(tmp_path: Path) -> None:
    commands = {
        name: " ".join(_command(Machine(tmp_path / "disk.img", tmp_path, "tcg", tpm_state=tmp_path, architecture=name)))
        for name in ("amd64", "arm64")
    }
    assert commands["amd64"].startswith("qemu-system-x86_64 -nodefaults -machine q35 -accel tcg -cpu Nehalem")
    assert commands["arm64"].startswith("qemu-system-aarch64 -nodefaults -machine virt -accel tcg -cpu cortex-a76")
    assert "/OVMF/" in commands["amd64"]
    assert "/AAVMF/" in commands["arm64"]
    # QEMU's ARM board has no VGA, and another name for its TPM.
    assert "virtio-vga,xres=" in commands["amd64"]
    assert "virtio-gpu-pci,xres=" in commands["arm64"]
    assert "-device tpm-tis,tpmdev" in commands["amd64"]
    assert "-device tpm-tis-device,tpmdev" in commands["arm64"]


class _Outbox:
    def __init__(self, *numbers: str) -> None:
        self.numbers = list(numbers)

    def waiting_case_numbers(self) -> list[str]:
        return self.numbers


@pytest.mark.parametrize(
    ("numbers", "is_kept"),
    [
        (["A-1"], True),
        (["A-1", "A-2"], True),  # the second was sent, and its receipt was not seen
        ([], False),  # lost
        (["A-1", "A-1"], False),  # doubled
        (["A-1", "A-2", "A-3"], False),  # more than were sent
    ],
)
def test_a_lost_or_doubled_complaint_breaks_a_promise(numbers: list[str], *, is_kept: bool) -> None:
    expected: list[bool] = []
    promises = Promises(lambda holds, _text: expected.append(holds))
    first, second, _third = (promises.begin_visit() for _ in range(3))
    first.is_sent = first.is_confirmed = second.is_sent = True
    assert len({visit.text for visit in promises.visits}) == len(promises.visits)
    promises.check_disk(cast("InstalledDisk", _Outbox(*numbers)), "now")
    assert all(expected) is is_kept
