"""Chooses how Tesseract reads lines: with its library where it is installed, otherwise with its program."""

from ocr.models import Model, has_library
from ocr.reading.line_reader import LineReader
from ocr.reading.tesseract_program import ProgramReader

if has_library():
    from ocr.reading.tesseract_library import LibraryReader


def open_reader(model: Model) -> LineReader:
    """A reader for the model, which loads it when the first picture is read."""
    return LibraryReader(model) if has_library() else ProgramReader(model)
