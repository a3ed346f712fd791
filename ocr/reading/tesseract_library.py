"""Reads lines with Tesseract's library inside this process: one line at a time, without files."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import tesserocr

from ocr.arrays import Grey
from ocr.errors import OcrError, OcrErrorReason
from ocr.models import Model
from ocr.reading.line_reader import PAGE_SEGMENTATION_MODE, PICTURE_DPI, SETTINGS, Word, join_words


class LibraryReader:
    """A model, loaded when the first picture is read: loading takes 0.07 s, and most first lines need no English."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def read(self, pictures: Sequence[Grey]) -> list[tuple[Word, ...]]:
        """The words of each picture. Raises OcrError (UNAVAILABLE) when the model cannot be loaded."""
        return [self._read_line(picture) for picture in pictures]

    @cached_property
    def _api(self) -> tesserocr.PyTessBaseAPI:
        try:
            return tesserocr.PyTessBaseAPI(
                path=str(self._model.directory),
                lang=self._model.name,
                psm=PAGE_SEGMENTATION_MODE,
                oem=tesserocr.OEM.LSTM_ONLY,
                variables=SETTINGS,
            )
        except RuntimeError:
            raise OcrError(OcrErrorReason.UNAVAILABLE, f"The model {self._model.name} cannot be loaded.") from None

    def _read_line(self, picture: Grey) -> tuple[Word, ...]:
        height, width = picture.shape
        self._api.SetImageBytes(picture.tobytes(), width, height, 1, width)
        self._api.SetSourceResolution(PICTURE_DPI)
        text = self._api.GetUTF8Text()
        return join_words(text, self._parts())

    def _parts(self) -> Iterator[tuple[str, float, int, int]]:
        iterator = self._api.GetIterator()
        if iterator is None:
            return
        level = tesserocr.RIL.WORD
        for part in tesserocr.iterate_level(iterator, level):
            box = part.BoundingBox(level)
            if box is not None:
                yield part.GetUTF8Text(level).strip(), part.Confidence(level), box[0], box[2]
