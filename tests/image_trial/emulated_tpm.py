"""A TPM 2 for the emulated machine, by swtpm. What it stores is in its directory: another directory is another TPM."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def start_tpm(state: Path, socket: Path) -> Iterator[None]:
    """Run a TPM 2 at the socket, to which the machine connects."""
    state.mkdir(parents=True, exist_ok=True)
    socket.unlink(missing_ok=True)
    control = f"type=unixio,path={socket}"
    process = subprocess.Popen(
        ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={state}", "--ctrl", control, "--flags", "startup-clear"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()
