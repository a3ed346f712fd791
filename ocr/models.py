"""Which trained models and which Tesseract this machine has."""

import hashlib
import os
import shutil
import time
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

PROGRAM = "tesseract"
LIBRARY = "tesserocr"
OWN_MODEL = Path(__file__).parent / "model" / "dk_tha.traineddata"
THAI, ENGLISH = "tha", "eng"
_SUFFIX = ".traineddata"
_VERSION_CHARS = 12
_TESSDATA_DIRS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
)


@dataclass(frozen=True)
class Model:
    """A model file: its directory and its name without suffix, as Tesseract names a language."""

    directory: Path
    name: str

    @property
    def path(self) -> Path:
        """The file."""
        return self.directory / f"{self.name}{_SUFFIX}"


def has_own_model() -> bool:
    """Whether the kiosk's own model is installed; without it Debian's is used, which lacks five Thai digits."""
    return OWN_MODEL.is_file()


def find_thai_model() -> Model | None:
    """The kiosk's own model, which knows all ten Thai digits; Debian's `tha` where it is missing."""
    if has_own_model():
        return Model(OWN_MODEL.parent, OWN_MODEL.name.removesuffix(_SUFFIX))
    return _find_debian_model(THAI)


def find_model_version() -> str | None:
    """Name and beginning of the SHA-256 of the model that reads Thai: it changes when the file changes. None without a
    model. Takes 2 ms for the kiosk's own model."""
    model = find_thai_model()
    if model is None:
        return None
    return f"{model.name}-{hashlib.sha256(model.path.read_bytes()).hexdigest()[:_VERSION_CHARS]}"


def find_english_model() -> Model | None:
    """Debian's `eng`."""
    return _find_debian_model(ENGLISH)


def has_library() -> bool:
    """Whether lines are read inside the process that asks; otherwise Tesseract's program reads them."""
    return find_spec(LIBRARY) is not None


def required_program() -> str:
    """The program that recognition starts; '' when it starts none."""
    return "" if has_library() else PROGRAM


def find_missing_ocr() -> str | None:
    """None where pages can be recognised, otherwise one sentence that says what is missing."""
    if not has_library() and shutil.which(PROGRAM) is None:
        return "Tesseract is not installed (Debian package tesseract-ocr)."
    missing = [name for name, model in ((THAI, find_thai_model()), (ENGLISH, find_english_model())) if model is None]
    if missing:
        packages = ", ".join(f"tesseract-ocr-{language}" for language in missing)
        return f"Tesseract lacks the model {' and '.join(missing)} (Debian package {packages})."
    return None


def find_missing_ocr_cached() -> str | None:
    """`find_missing_ocr`, at most a minute old: what is installed seldom changes."""
    return _find_missing_ocr_in(int(time.monotonic() // 60))


@lru_cache(maxsize=1)
def _find_missing_ocr_in(_minute: int) -> str | None:
    return find_missing_ocr()


def _find_debian_model(name: str) -> Model | None:
    prefix = os.environ.get("TESSDATA_PREFIX")
    for directory in (prefix,) if prefix else _TESSDATA_DIRS:
        model = Model(Path(directory), name)
        if model.path.is_file():
            return model
    return None
