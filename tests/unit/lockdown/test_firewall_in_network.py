"""The firewall in a network of its own: two network namespaces, joined by a cable, with real connections.

The kiosk is 10.77.0.2. The street behind the cable has four machines: centre, printer, name server, and a stranger.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from provision.lockdown import firewall
from provision.lockdown.firewall import Site, Wanted, render

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("nft") or not shutil.which("ip"), reason="needs root, nftables and iproute2"
)
FIRST_RULES = Path(firewall.__file__).with_name("first.nft")
CENTRE, PRINTER, NAME_SERVER, STRANGER = (f"10.77.0.{number}" for number in (10, 11, 12, 13))
KIOSK, TECHNICIAN = "10.77.0.2", "10.77.0.14"
UI, OTHER_USER, APT, TIME = 54321, 54322, 54323, 54324
WANTED = Wanted((("centre.example", 443), (PRINTER, 9100)), (f"{TECHNICIAN}/32",))
SITE = Site(
    {"centre.example": (CENTRE,), PRINTER: (PRINTER,)},
    (NAME_SERVER,),
    {"dk-ui": UI, "_apt": APT, "systemd-timesync": TIME},
)
# Each port answers every connection and every datagram with one byte.
SERVER = """
import selectors, socket, sys
selector = selectors.DefaultSelector()
for port in (22, 53, 80, 443, 9100):
    server = socket.create_server(("", port))
    selector.register(server, selectors.EVENT_READ)
for port in (53, 123):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((sys.argv[1], port))
    selector.register(server, selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in selector.select():
        if key.fileobj.type == socket.SOCK_STREAM:
            key.fileobj.accept()[0].close()
        else:
            key.fileobj.sendto(b"a", key.fileobj.recvfrom(64)[1])
"""
# Prints one line for each of its arguments HOST:PORT[/udp][@SOURCE]: `reached`, or why not.
CLIENT = """
import os, socket, sys
os.setuid(int(sys.argv[1]))
for place in sys.argv[2:]:
    place, _, source = place.partition("@")
    place, _, udp = place.partition("/")
    host, port = place.split(":")
    try:
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM)
        client.settimeout(0.4)
        client.bind((source, 0))
        client.connect((host, int(port)))
        if udp:
            client.send(b"q")
            client.recv(1)
        print("reached")
    except OSError as error:
        print(type(error).__name__)
"""


class Network:
    """The two namespaces."""

    def __init__(self, kiosk: str, street: str) -> None:
        self.kiosk, self.street = kiosk, street

    def connect(self, namespace: str, user: int, *places: str) -> list[str]:
        command = ["ip", "netns", "exec", namespace, sys.executable, "-c", CLIENT, str(user), *places]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.split()


def _run(*command: str, **more: object) -> None:
    subprocess.run(command, check=True, timeout=20, **more)  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    kiosk, street = f"dk-kiosk-{os.getpid()}", f"dk-street-{os.getpid()}"
    with ExitStack() as stack:
        for namespace in (kiosk, street):
            _run("ip", "netns", "add", namespace)
            stack.callback(_run, "ip", "netns", "del", namespace)
            _run("ip", "-n", namespace, "link", "set", "lo", "up")
        _run("ip", "link", "add", "hall", "netns", kiosk, "type", "veth", "peer", "name", "hall", "netns", street)
        for namespace, addresses in (
            (kiosk, (KIOSK,)),
            (street, (CENTRE, PRINTER, NAME_SERVER, STRANGER, TECHNICIAN)),
        ):
            for address in addresses:
                _run("ip", "-n", namespace, "address", "add", f"{address}/24", "dev", "hall")
            _run("ip", "-n", namespace, "link", "set", "hall", "up")
        # A datagram is answered from the address that it was sent to.
        for namespace, address in ((kiosk, KIOSK), (street, NAME_SERVER)):
            server = stack.enter_context(
                subprocess.Popen(
                    ["ip", "netns", "exec", namespace, sys.executable, "-c", SERVER, address],
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(server.kill)
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"
        before = Network(kiosk, street)
        assert before.connect(kiosk, OTHER_USER, f"{STRANGER}:80@") == ["reached"], "without rules all is open"
        _run("ip", "netns", "exec", kiosk, "nft", "-f", "-", input=render(WANTED, SITE), text=True)
        yield before


def test_a_booting_kiosk_reaches_nothing_and_is_not_reached(network: Network) -> None:
    load = ("ip", "netns", "exec", network.kiosk, "nft", "-f")
    _run(*load, str(FIRST_RULES))
    try:
        out = network.connect(network.kiosk, 0, f"{CENTRE}:443", f"{STRANGER}:80", f"{NAME_SERVER}:53/udp")
        assert "reached" not in out
        assert network.connect(network.street, 0, f"{KIOSK}:22@{TECHNICIAN}", f"{KIOSK}:443@{STRANGER}") == [
            "TimeoutError",
            "TimeoutError",
        ]
        assert network.connect(network.kiosk, OTHER_USER, "127.0.0.1:9100") == ["reached"]
    finally:
        _run(*load, "-", input=render(WANTED, SITE), text=True)
    assert network.connect(network.kiosk, UI, f"{CENTRE}:443") == ["reached"], "the rules of the settings replace them"


def test_the_interface_reaches_centre_printer_and_name_server_only(network: Network) -> None:
    assert (
        network.connect(
            network.kiosk, UI, f"{CENTRE}:443", f"{PRINTER}:9100", f"{NAME_SERVER}:53/udp", f"{NAME_SERVER}:53"
        )
        == ["reached"] * 4
    )
    refused = network.connect(
        network.kiosk, UI, f"{STRANGER}:443", f"{CENTRE}:80", f"{PRINTER}:443", f"{STRANGER}:53", f"{CENTRE}:22"
    )
    assert "reached" not in refused
    assert "TimeoutError" not in refused, "a program gets an error at once"


def test_each_user_reaches_what_its_program_needs(network: Network) -> None:
    assert network.connect(network.kiosk, APT, f"{STRANGER}:80", f"{STRANGER}:443") == ["reached"] * 2
    assert network.connect(network.kiosk, TIME, f"{NAME_SERVER}:123/udp") == ["reached"]
    assert network.connect(network.kiosk, UI, f"{NAME_SERVER}:123/udp") != ["reached"]
    assert network.connect(network.kiosk, 0, f"{CENTRE}:443") == ["reached"]
    assert "reached" not in network.connect(network.kiosk, 0, f"{STRANGER}:80", f"{STRANGER}:9100")
    assert "reached" not in network.connect(network.kiosk, OTHER_USER, f"{CENTRE}:443", f"{PRINTER}:9100")


def test_a_neighbour_in_the_network_reaches_nothing(network: Network) -> None:
    places = [f"{KIOSK}:{port}@{STRANGER}" for port in (22, 53, 80, 443, 9100)]
    assert network.connect(network.street, 0, *places) == ["TimeoutError"] * len(places)
    assert network.connect(network.street, 0, f"{KIOSK}:22@{TECHNICIAN}") == ["reached"]
    assert network.connect(network.street, 0, f"{KIOSK}:443@{TECHNICIAN}") == ["TimeoutError"]


def test_the_kiosks_own_programs_reach_each_other(network: Network) -> None:
    assert network.connect(network.kiosk, OTHER_USER, "127.0.0.1:9100") == ["reached"]
