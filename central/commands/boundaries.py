"""`central boundaries`: imports, counts and removes the boundaries that maps are drawn with."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from central.commands import CommandError, print_message
from central.insight.boundary_files import BoundaryFileError, import_boundaries
from central.insight.models import AreaBoundary

_LEVELS = {2: "provinces", 4: "districts", 6: "tambons"}


def run(arguments: argparse.Namespace) -> None:
    """Import, list or remove. Raises CommandError for a file that cannot be imported and a code without boundaries."""
    if arguments.action == "import":
        try:
            count = import_boundaries(Path(arguments.file), arguments.attribution, arguments.code)
        except BoundaryFileError as error:
            raise CommandError(f"{arguments.file}: {error}. Nothing is changed.") from error
        print_message(f"{count} boundaries are imported")
        return
    stored = AreaBoundary.objects.order_by("code")
    if arguments.action == "list":
        counts = Counter((code[:2], len(code)) for code in stored.values_list("code", flat=True))
        for (province, length), count in sorted(counts.items()):
            sys.stdout.write(f"{province}\t{_LEVELS[length]}\t{count}\n")
        return
    count = stored.filter(code__startswith=arguments.area).delete()[0]
    if not count:
        raise CommandError(f"no boundaries of {arguments.area} are stored")
    print_message(f"{count} boundaries are removed")
