"""Damage done to bytes: what lines, cheap devices and bad luck do, and what nobody would think of."""

from random import Random

MOST_ADDED = 300


def mutated(chance: Random, honest: bytes) -> bytes:
    """`honest`, damaged in one to three ways."""
    damaged = honest
    for _ in range(chance.randint(1, 3)):
        damaged = chance.choice(DAMAGES)(chance, damaged)
    return damaged


def flip(chance: Random, data: bytes) -> bytes:
    """One bit is wrong."""
    if not data:
        return data
    at = chance.randrange(len(data))
    return data[:at] + bytes((data[at] ^ 1 << chance.randrange(8),)) + data[at + 1 :]


def overwrite(chance: Random, data: bytes) -> bytes:
    """A stretch is rubbish."""
    at = chance.randrange(len(data) + 1)
    rubbish = chance.randbytes(chance.randint(1, 8))
    return data[:at] + rubbish + data[at + len(rubbish) :]


def cut(chance: Random, data: bytes) -> bytes:
    """It ends early, possibly before it begins."""
    return data[: chance.randrange(len(data) + 1)]


def behead(chance: Random, data: bytes) -> bytes:
    """Its beginning is lost."""
    return data[chance.randrange(len(data) + 1) :]


def lengthen(chance: Random, data: bytes) -> bytes:
    """There is more than there should be."""
    return data + chance.randbytes(chance.randrange(MOST_ADDED))


def repeat(chance: Random, data: bytes) -> bytes:
    """It comes twice, or a part of it does."""
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[: at + chance.randrange(16)] + data[at:]


def blank(chance: Random, data: bytes) -> bytes:
    """All of one byte."""
    return bytes((chance.choice((0x00, 0x20, 0x23, 0x39, 0xA0, 0xFF)),)) * len(data)


DAMAGES = (flip, flip, overwrite, cut, behead, lengthen, repeat, blank)
