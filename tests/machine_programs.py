"""Stands for the programs with which the set-up changes a machine: network, clock, touch panel."""

import json
from collections.abc import Sequence

from kiosk_app.setup.programs import ProgramResult


class Machine:
    """Programs of a machine: what was run, and what each answers by its first words."""

    def __init__(self) -> None:
        self.ran: list[list[str]] = []
        self.answers: dict[str, ProgramResult] = {
            "ip": ProgramResult(
                0, json.dumps([{"addr_info": [{"family": "inet", "local": "10.20.0.15", "prefixlen": 24}]}])
            ),
            "timedatectl show": ProgramResult(0, "yes\n"),
        }

    def run(self, arguments: Sequence[str], _timeout_s: float) -> ProgramResult:
        self.ran.append(list(arguments))
        line = " ".join(arguments)
        return next((result for begin, result in self.answers.items() if line.startswith(begin)), ProgramResult(0))
