"""`./run accessibility`: every page of the invented province, in both languages and two widths.

Writes pictures of all pages to demo-output/pages/, prints each finding with the pages that have it, and fails when
there is one.
"""

import argparse
import os
import sys
from pathlib import Path

from simulators.case_story.browser import PersonBrowser
from simulators.case_story.installation import StoryInstallation

_CASES = 120  # enough for a case in every status
_SHOWN_PAGES = 6


def main() -> int:
    """Check every page; 1 when one has a finding."""
    parser = argparse.ArgumentParser(prog="./run accessibility", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("demo-output/pages"), help="directory of the pictures")
    parser.add_argument("--quick", action="store_true", help="Thai on a phone and English on a display only")
    arguments = parser.parse_args()
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    with StoryInstallation(cases=_CASES) as installation, PersonBrowser(installation.url, out) as browser:
        os.environ.update(installation.environment, DJANGO_SETTINGS_MODULE="central.settings")
        import django  # noqa: PLC0415  # its settings are those of the installation

        django.setup()
        from central.cases.models import Case  # noqa: PLC0415
        from central.earlier_cases.models import ImportBatch  # noqa: PLC0415
        from tests.accessibility.posted_pages import posted_pages  # noqa: PLC0415
        from tests.accessibility.prepared_pages import prepare  # noqa: PLC0415
        from tests.accessibility.sweep import Sweep  # noqa: PLC0415

        prepared = prepare(installation)
        sweep = Sweep(browser, installation.url, out, is_quick=arguments.quick)
        for name, path in prepared.visitors.items():
            sweep.check_page(name, path)
        code = prepared.visitors["tracked-case"].partition("#")[2]
        case_number = Case.objects.latest("pk").case_number
        imports = ImportBatch.objects.order_by("pk").values_list("pk", flat=True)
        for page in posted_pages(code, case_number, *imports):
            sweep.check_posted(page)
        sweep.walk_all(prepared.starts)
    for finding, pages in sweep.findings.items():
        more = f" and {len(pages) - _SHOWN_PAGES} more" if len(pages) > _SHOWN_PAGES else ""
        print(f"{finding}\n    {', '.join(pages[:_SHOWN_PAGES])}{more}")
    return 1 if sweep.findings else 0


if __name__ == "__main__":
    sys.exit(main())
