"""The model that training starts from: Debian's `tha` with more characters.

Debian's network has 109 classes and knows ๐ ๑ ๒ ๓ ๕, but not ๔ ๖ ๗ ๘ ๙, and no Latin letter. Each new character is a
new last row of the output layer; the other rows keep their numbers, so the word lists of the model stay valid.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocr.training.character_set import BLANK, CharacterSet
from ocr.training.model_files import DEBIAN_MODEL, unpack
from ocr.training.tesseract_network import NetworkFile, read_network

MISSING_DIGITS = "๔๖๗๘๙"
LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
NEW_CHARACTERS = MISSING_DIGITS + LATIN + "&;"
_ALPHABETIC, _LOWER, _UPPER, _DIGIT, _PUNCTUATION = 1, 2, 4, 8, 16
# A new row is the mean of the others, so that it is chosen nowhere before it has learnt, and a little noise: small
# against the others' standard deviation of 3.8.
_NOISE, _LOWER_BIAS = 0.1, 2.0


@dataclass
class Model:
    """A network, its character set, and the other components of its file."""

    network: NetworkFile
    character_set: CharacterSet
    components: dict[str, Path]


def _character_set(unicharset: Path) -> CharacterSet:
    lines = [line for line in unicharset.read_text("utf-8").split("\n") if line]
    names = [line.split(" ")[0] for line in lines[1:]]
    return CharacterSet((" ", *names[1:]))


def _unicharset_line(character: str, number: int, first: int) -> str:
    script, kind, other_case = "Latin", _PUNCTUATION, number
    if character in MISSING_DIGITS:
        script, kind = "Thai", _DIGIT
    elif character.isalpha():
        kind = _ALPHABETIC | (_LOWER if character.islower() else _UPPER)
        other_case = first + NEW_CHARACTERS.index(character.swapcase())
    else:
        script = "Common"
    direction = 10 if script == "Common" else 0
    extents = "0,255,0,255,0,0,0,0,0,0"  # unknown; the LSTM recogniser does not use them
    comment = f"# {character} [{ord(character):x} ]"
    return f"{character} {kind:x} {extents} {script} {other_case} {direction} {number} {character}\t{comment}"


def _grow_unicharset(path: Path) -> None:
    lines = [line for line in path.read_text("utf-8").split("\n") if line]
    first = int(lines[0])
    lines += [_unicharset_line(character, first + index, first) for index, character in enumerate(NEW_CHARACTERS)]
    lines[0] = str(first + len(NEW_CHARACTERS))
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _grow_recoder(path: Path) -> None:
    """Each new character is one class, the next free one."""
    data = path.read_bytes()
    (count,) = struct.unpack("<I", data[:4])
    new = (struct.pack("<bIi", 1, 1, count + index) for index in range(len(NEW_CHARACTERS)))
    path.write_bytes(struct.pack("<I", count + len(NEW_CHARACTERS)) + data[4:] + b"".join(new))


def starting_model(folder: Path, seed: int, source: Path = DEBIAN_MODEL) -> Model:
    """Debian's model with the new characters, its components unpacked into `folder`. `seed` decides the new rows."""
    components = unpack(source, folder)
    _grow_unicharset(components["lstm-unicharset"])
    _grow_recoder(components["lstm-recoder"])
    network = read_network(components["lstm"])
    output = network.node("Output")
    rows = np.random.default_rng(seed).normal(0, _NOISE, (len(NEW_CHARACTERS), output.weights[0].shape[1]))
    rows += output.weights[0][BLANK + 1 :].mean(0)
    rows[:, -1] -= _LOWER_BIAS
    output.weights = [np.concatenate([output.weights[0], rows])]
    return Model(network, _character_set(components["lstm-unicharset"]), components)
