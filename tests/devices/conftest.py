"""One set of simulated devices for all device tests, behind the real daemons and programs."""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from drivers.card_reader.pcsc_reader import PcscCardReader
from drivers.ports.card_reader import CardReaderStatus
from simulators.simulated_devices import SimulatedDevices
from tests.waiting import TIMEOUT_S, wait_until


@pytest.fixture(scope="session")
def session_devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedDevices]:
    """Started once: libpcsclite uses one daemon for the life of the process."""
    with SimulatedDevices(tmp_path_factory.mktemp("bench")) as simulated_devices:
        before = {name: os.environ.get(name) for name in simulated_devices.environment}
        os.environ.update(simulated_devices.environment)
        yield simulated_devices
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@pytest.fixture
def simulated_devices(session_devices: SimulatedDevices) -> Iterator[SimulatedDevices]:
    """The simulated devices, without faults, cards and pages before and after each test."""
    session_devices.reset()
    yield session_devices
    session_devices.reset()


@pytest.fixture
def empty_card_slots(simulated_devices: SimulatedDevices) -> None:
    """Wait until pcscd, which polls every 0.4 s, has seen the removal of the last test's card."""
    wait_until(lambda: PcscCardReader().status() is CardReaderStatus.EMPTY)


@contextmanager
def finishes_within(within_s: float = TIMEOUT_S) -> Iterator[None]:
    """Fail when the block takes longer than `within_s`, which is a promise of the driver."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < within_s


def receipt_image(seed: int = 1, width: int = 576, height: int = 1000) -> Image.Image:
    """A 1-bit picture with the elements of a receipt: text, rules, a code, white space."""
    rng = random.Random(seed)
    image = Image.new("1", (width, height), 1)
    draw = ImageDraw.Draw(image)
    for y in range(30, height // 2, 40):
        draw.text((20, y), f"7KQ2-M9XD-{rng.randrange(10**9)}", font_size=26, fill=0)
    draw.rectangle((0, height // 2, width - 1, height // 2 + 2), fill=0)
    left, top = (width - 29 * 6) // 2 // 2 * 2, height // 2 + 40
    for across in range(29):
        for down in range(29):
            if rng.random() < 0.5:
                draw.rectangle((left + 6 * across, top + 6 * down, left + 6 * across + 5, top + 6 * down + 5), fill=0)
    return image


def images_equal(one: Image.Image | Path, other: Image.Image) -> bool:
    """Whether two pictures are equal dot for dot."""
    picture = Image.open(one) if isinstance(one, Path) else one
    return picture.size == other.size and picture.convert("L").tobytes() == other.convert("L").tobytes()
