"""A private pcscd with a virtual reader of two slots, for development and tests.

The socket path of Debian's pcscd is built in, and vpcd listens on port 35963 of all addresses. So both run in private
mount and network namespaces: the socket is in our directory, and the port is not reachable from outside. Any number of
them run side by side, next to the machine's own pcscd. Where namespaces are forbidden (most containers), only one pcscd
at the standard path is possible; a second one, or a pcscd that already runs, is then an error with its own message.

A supervisor (this module run as a program) is inside the namespaces: it starts pcscd, connects to vpcd on request,
passes the connected socket out, and ends with pcscd when its standard input closes, however its parent ended.
"""

import array
import contextlib
import fcntl
import os
import selectors
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, Self

VPCD_PORT: Final = 35963  # slot 0; slot 1 is the next
DRIVER: Final = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
CCID_DRIVER: Final = "/usr/lib/pcsc/drivers/serial/libccidtwin.so"
DEFAULT_PCSCD_SOCKET: Final = Path("/run/pcscd/pcscd.comm")
START_S: Final = 10.0
STOP_S: Final = 5.0
SIOCSIFFLAGS: Final = 0x8914
IFF_UP: Final = 0x1


class PcscDaemonError(Exception):
    """pcscd could not be started; the message says why and what to do."""


class PcscDaemon:
    """Starts pcscd on entering, stops it and removes its directory on leaving.

    Clients need `socket_path` in PCSCLITE_CSOCK_NAME before their first call, because libpcsclite remembers it. The
    next `start` has the virtual reader if `has_virtual_reader`, and the reader of `attach_serial_reader`.
    """

    def __init__(self) -> None:
        self.has_virtual_reader = True
        self._directory = Path(tempfile.mkdtemp(prefix="dk-pcscd-"))  # short: a socket's path may have 107 characters
        self._namespaces = namespace_command()
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._pid = 0

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._directory, ignore_errors=True)

    @property
    def socket_path(self) -> Path:
        """The socket of this pcscd."""
        return self._directory / "run" / "pcscd" / "pcscd.comm" if self._namespaces else DEFAULT_PCSCD_SOCKET

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables for a client."""
        return {"PCSCLITE_CSOCK_NAME": str(self.socket_path)}

    def start(self) -> None:
        """Start pcscd and wait until it serves. Raises PcscDaemonError."""
        self._supervisor = subprocess.Popen(
            [*self._namespaces, sys.executable, "-I", __file__, str(self._directory)]
            + ["isolated"] * bool(self._namespaces)
            + ["virtual"] * self.has_virtual_reader,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        output = self._supervisor.stdout.readline().decode() if self._supervisor.stdout else ""
        if not output.startswith("ready "):
            self.stop()
            raise PcscDaemonError(output.strip() or "The private pcscd did not start.")
        self._pid = int(output.split()[1])

    def stop(self) -> None:
        """Stop pcscd; every client's context becomes invalid."""
        if self._supervisor is None:
            return
        with self._supervisor as supervisor:
            if supervisor.stdin:
                supervisor.stdin.close()
            try:
                supervisor.wait(STOP_S)
            except subprocess.TimeoutExpired:
                supervisor.kill()
        self._supervisor = None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to pcscd: SIGKILL for a crash, SIGSTOP and SIGCONT for a daemon that hangs for a while."""
        os.kill(self._pid, number)

    def attach_serial_reader(self, device: str | None, name: str = "Gemalto GemPC Twin") -> None:
        """From the next `start` on, pcscd also has a CCID reader on this serial port; None removes it."""
        configuration = self._directory / "conf" / "serial.conf"
        configuration.parent.mkdir(exist_ok=True)
        entry = f'FRIENDLYNAME "{name}"\nDEVICENAME {device}\nLIBPATH {CCID_DRIVER}\nCHANNELID 1\n'
        configuration.write_text(entry if device else "", encoding="ascii")

    def connect(self, slot: int = 0) -> socket.socket:
        """A connection to `slot` of the virtual reader; connecting inserts a card. Raises PcscDaemonError."""
        with socket.socket(socket.AF_UNIX) as request:
            request.connect(str(self._directory / "door"))
            request.sendall(bytes((slot,)))
            _, fds, _, _ = socket.recv_fds(request, 1, 1)
        if not fds:
            raise PcscDaemonError("The virtual reader does not respond.")
        return socket.socket(fileno=fds[0])


def namespace_command() -> list[str]:
    """The command prefix that runs a program in private namespaces; empty where that is forbidden.

    Root in a container may create a network namespace but not bring its loopback up without a user namespace, so each
    way is tried completely.
    """
    probe = [sys.executable, "-c", f"import {__spec__.name} as daemon; daemon.bring_up_loopback()"]
    for user_options in ([], ["--map-root-user"]):
        command = ["unshare", *user_options, "--mount", "--net", "--"]
        if subprocess.run([*command, *probe], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return command
    return []


def main() -> int:
    """The supervisor. Arguments: directory, 'isolated' inside namespaces, 'virtual' for the virtual reader."""
    directory, isolated = Path(sys.argv[1]), "isolated" in sys.argv[2:]
    signal.signal(signal.SIGINT, lambda *_: None)  # ignore Ctrl-C of the terminal; the parent ends this process
    try:
        with contextlib.ExitStack() as cleanup:
            if isolated:
                port, comm = VPCD_PORT, enter_namespaces(directory)
            else:
                port, comm = claim_standard_socket(cleanup), DEFAULT_PCSCD_SOCKET
            pcscd_process = cleanup.enter_context(
                spawn_pcscd(directory, virtual_reader_config(port) if "virtual" in sys.argv[2:] else "")
            )
            cleanup.callback(pcscd_process.terminate)
            listener = cleanup.enter_context(socket.socket(socket.AF_UNIX))
            with contextlib.suppress(FileNotFoundError):
                (directory / "door").unlink()
            listener.bind(str(directory / "door"))
            listener.listen()
            wait_until_ready(pcscd_process, comm)
            print("ready", pcscd_process.pid, flush=True)
            serve_connections(listener, pcscd_process, port)
    except PcscDaemonError as error:
        print(error, flush=True)
        return 1
    return 0


def enter_namespaces(directory: Path) -> Path:
    """Bring up the namespace's loopback and mount our directory at /run; returns the path of pcscd's socket."""
    run = directory / "run"
    (run / "pcscd").mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "--bind", run, "/run"], check=True)
    bring_up_loopback()
    return DEFAULT_PCSCD_SOCKET


def bring_up_loopback() -> None:
    """Bring up the loopback of the network namespace. Raises OSError where that is forbidden."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = array.array("B", struct.pack("16sh22x", b"lo", IFF_UP))
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, request)


def claim_standard_socket(cleanup: contextlib.ExitStack) -> int:
    """Make sure that no pcscd runs at the standard path; returns a free port for vpcd. Raises PcscDaemonError."""
    lock = cleanup.enter_context((Path(tempfile.gettempdir()) / "dk-simulated-pcscd.lock").open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise PcscDaemonError(
            "Other simulated devices run here, and without namespaces only one set is possible."
        ) from None
    with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
        probe.connect(str(DEFAULT_PCSCD_SOCKET))
        raise PcscDaemonError("A pcscd runs here already and namespaces are forbidden: stop it, or run as root.")
    with socket.socket() as free_socket:
        free_socket.bind(("", 0))
        return int(free_socket.getsockname()[1])


def spawn_pcscd(directory: Path, virtual_reader: str) -> subprocess.Popen[bytes]:
    """Start pcscd with the readers of its configuration. It ends with this process; its log is in `directory`."""
    configuration = directory / "conf"
    configuration.mkdir(exist_ok=True)
    (configuration / "reader.conf").write_text(virtual_reader, encoding="ascii")
    command = ["setpriv", "--pdeathsig", "KILL", "--", "pcscd", "--foreground", "--config", str(configuration)]
    try:
        help_text = subprocess.run(["pcscd", "--help"], capture_output=True, text=True, check=False).stdout
        if (
            "--disable-polkit" in help_text
        ):  # from Debian 13 on; a private daemon serves everyone who reaches its socket
            command.append("--disable-polkit")
        with (directory / "pcscd.log").open("ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    except FileNotFoundError:
        raise PcscDaemonError("Install the Debian packages pcscd and vsmartcard-vpcd.") from None


def virtual_reader_config(port: int) -> str:
    """pcscd's configuration of the virtual reader that listens on `port`."""
    return f'FRIENDLYNAME "Simulated reader"\nDEVICENAME /dev/null:{port}\nLIBPATH {DRIVER}\nCHANNELID {port}\n'


def wait_until_ready(pcscd_process: subprocess.Popen[bytes], comm: Path) -> None:
    """Wait for pcscd's socket, which is created after the readers. Raises PcscDaemonError."""
    if not Path(DRIVER).exists():
        raise PcscDaemonError("Install the Debian package vsmartcard-vpcd.")
    end = time.monotonic() + START_S
    while time.monotonic() < end and pcscd_process.poll() is None:
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(str(comm))
            return
        time.sleep(0.01)
    raise PcscDaemonError("pcscd did not start; its log may say why.")


def serve_connections(listener: socket.socket, pcscd_process: subprocess.Popen[bytes], port: int) -> None:
    """Pass out connections to the reader until standard input closes or pcscd ends."""
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        while pcscd_process.poll() is None:
            for key, _ in selector.select(1.0):
                if key.fileobj is not listener:
                    return
                client, _ = listener.accept()
                with client, contextlib.suppress(OSError):
                    slot = client.recv(1)[0]
                    with socket.create_connection(("127.0.0.1", port + slot), timeout=2) as reader:
                        reader.setblocking(True)
                        socket.send_fds(client, [b"\0"], [reader.fileno()])


if __name__ == "__main__":
    sys.exit(main())
