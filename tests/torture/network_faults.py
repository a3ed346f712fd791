"""A bad network: two network namespaces that are connected only through this process.

Each end is a TUN device. A packet from one end reaches the other after a delay, out of order, twice, or never. The
kernel's netem is not used because many kernels are built without it. Every packet is captured for the leak search.
"""

import ctypes
import fcntl
import os
import select
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path
from random import Random

KIOSK_END, CENTRE_END = 2, 1  # the last part of their addresses
V4, V6 = "10.77.0.", "fd77::"
_CLONE_NEWNET = 0x40000000
_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x1001
_MTU = 1500


@dataclass(frozen=True)
class NetworkFaults:
    """Delay and jitter in seconds (jitter reorders), and the probability that a packet is lost or duplicated."""

    delay_s: float = 0.0
    jitter_s: float = 0.0
    loss: float = 0.0
    duplicate: float = 0.0


def enter_network_namespace(end: int) -> int:
    """Leave this process only one TUN device, with the address of that end. Returns its descriptor. Raises OSError."""
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH22x", b"line", _IFF_TUN_NO_PI))
    for arguments in (
        ("link", "set", "lo", "up"),
        ("addr", "add", f"{V4}{end}/24", "dev", "line"),
        ("addr", "add", f"{V6}{end}/64", "dev", "line", "nodad"),
        ("link", "set", "line", "mtu", str(_MTU), "up"),
    ):
        subprocess.run(["ip", *arguments], check=True)
    return tun


class PacketLink:
    """Carries packets between two TUN devices with `faults`, which may be changed at any time."""

    def __init__(self, one: int, other: int, capture: Path, rng: Random) -> None:
        self._ends = {one: other, other: one}
        self._capture = capture
        self._rng = rng
        self.faults = NetworkFaults()
        self.forwarded = self.dropped = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Carry packets in a thread while the block runs."""
        stop = threading.Event()
        thread = threading.Thread(target=self._forward_packets, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _forward_packets(self, stop: threading.Event) -> None:
        in_transit: list[tuple[float, int, int, bytes]] = []
        with self._capture.open("ab") as capture:
            while not stop.is_set():
                timeout_s = max(0.0, in_transit[0][0] - time.monotonic()) if in_transit else 0.1
                for source in select.select(list(self._ends), [], [], timeout_s)[0]:
                    packet = os.read(source, _MTU + 100)
                    capture.write(packet)
                    for _ in range(2 if self._rng.random() < self.faults.duplicate else 1):
                        if self._rng.random() < self.faults.loss:
                            self.dropped += 1
                            continue
                        self.forwarded += 1
                        due = time.monotonic() + self.faults.delay_s
                        due += self._rng.uniform(0, self.faults.jitter_s)
                        heappush(in_transit, (due, self.forwarded, self._ends[source], packet))
                while in_transit and in_transit[0][0] <= time.monotonic():
                    _, _, target, packet = heappop(in_transit)
                    os.write(target, packet)
