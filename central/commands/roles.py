"""`central roles`: prints the matrix of roles and actions as Markdown."""

import argparse
import sys

from central.people.roles_table import roles_page


def run(arguments: argparse.Namespace) -> None:
    sys.stdout.write(roles_page())
