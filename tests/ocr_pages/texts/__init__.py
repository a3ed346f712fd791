"""What the pages say: invented letters, memoranda, tables and forms, a separate vocabulary for each split."""

from tests.ocr_pages.split import Split
from tests.ocr_pages.texts import held_out, training, tuning
from tests.ocr_pages.texts.source import TextSource

SOURCES: dict[Split, TextSource] = {
    Split.TRAINING: training.SOURCE,
    Split.TUNING: tuning.SOURCE,
    Split.HELD_OUT: held_out.SOURCE,
}
