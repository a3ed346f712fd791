"""`central reindex`: index every case again, in place. The search goes on meanwhile, and so do the officers."""

import argparse
import time

from django.utils import timezone

from central.commands import print_message
from central.search.indexing import index_marked, mark_all
from central.search.vocabulary import count_words

_REPORT_EVERY = 1_000


def run(arguments: argparse.Namespace) -> None:
    print_message(f"{mark_all():,} cases are marked")
    if arguments.by_worker:
        return
    started_s, count = time.monotonic(), 0
    while done := index_marked(_REPORT_EVERY):
        count += done
        print_message(f"{count:,} cases are indexed after {time.monotonic() - started_s:.0f} s")
    words = count_words(timezone.now())
    print_message(f"{words:,} words that several cases have")
