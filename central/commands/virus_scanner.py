"""`central virus-scanner`: whether the virus scanner of this installation answers and finds the test file."""

import argparse

from central import virus_scan
from central.commands import CommandError, print_message

# The test file of EICAR, of which every scanner says that it is a virus; here in two parts, so that none says it of us.
_TEST_FILE = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()


def run(arguments: argparse.Namespace) -> None:
    if not virus_scan.is_scanning():
        print_message("No virus scanner is set (CENTRAL_VIRUS_SCANNER), so files are not scanned.")
        return
    if not virus_scan.answers():
        raise CommandError("the virus scanner does not answer; files are refused until it does")
    verdict, _ = virus_scan.first_infected([_TEST_FILE])
    if verdict is not virus_scan.Verdict.INFECTED:
        raise CommandError(f"the virus scanner answers, and says of the test file: {verdict.value}")
    print_message("The virus scanner answers and finds the test file.")
