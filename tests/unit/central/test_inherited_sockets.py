"""The socket that systemd holds: the service takes it over instead of opening its own."""

import os
import socket
import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import os, sys
from central import web_server
sockets = web_server.inherited_sockets()
print([listening.getsockname()[1] for listening in sockets], [listening.get_inheritable() for listening in sockets])
"""


def listed(tmp_path: Path, process_id: str) -> str:
    """What the service takes over as a process with LISTEN_PID; '$$' is its own id."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        environment = {
            "PATH": os.environ["PATH"],
            "CENTRAL_DATA": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "central.settings",
            "PORT": str(listening.getsockname()[1]),
        }
        shell = f'exec 3<&0; LISTEN_PID={process_id} LISTEN_FDS=1 exec "$@"'
        result = subprocess.run(
            ["sh", "-c", shell, "sh", sys.executable, "-c", _PROGRAM],
            stdin=listening.fileno(),
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return result.stdout.strip().replace(environment["PORT"], "PORT")


def test_the_socket_of_systemd_is_taken_over_and_not_passed_on(tmp_path: Path) -> None:
    assert listed(tmp_path, "$$") == "[PORT] [False]"


def test_a_socket_for_another_process_is_not_taken_over(tmp_path: Path) -> None:
    assert listed(tmp_path, "1") == "[] []"
