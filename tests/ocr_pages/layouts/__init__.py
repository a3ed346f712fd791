"""What is on a page: each layout sets one sheet with the texts of a writer."""

from collections.abc import Callable

import numpy as np

from tests.ocr_pages.layouts import letters, rows
from tests.ocr_pages.sheet import Sheet
from tests.ocr_pages.texts.source import TextWriter

Layout = Callable[[Sheet, TextWriter, np.random.Generator], None]

LAYOUTS: dict[str, Layout] = {
    "memo": letters.set_memo,
    "official letter": letters.set_official_letter,
    "complaint": letters.set_complaint,
    "second page": letters.set_second_page,
    "two columns": letters.set_two_columns,
    "bilingual": letters.set_bilingual,
    "numbers": rows.set_numbers,
    "table": rows.set_table,
    "form": rows.set_form,
    "form by hand": rows.set_form_by_hand,
    "stamped": rows.set_stamped_letter,
}
