"""Damage done to bytes: what lines, cheap devices and bad luck do, and what nobody would think of."""

from random import Random

MAX_ADDED_BYTES = 300


def mutate_bytes(rng: Random, valid: bytes) -> bytes:
    """`valid`, damaged in one to three ways."""
    damaged = valid
    for _ in range(rng.randint(1, 3)):
        damaged = rng.choice(MUTATIONS)(rng, damaged)
    return damaged


def flip_bit(rng: Random, data: bytes) -> bytes:
    """One bit is wrong."""
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes((data[at] ^ 1 << rng.randrange(8),)) + data[at + 1 :]


def overwrite(rng: Random, data: bytes) -> bytes:
    """A stretch is rubbish."""
    at = rng.randrange(len(data) + 1)
    rubbish = rng.randbytes(rng.randint(1, 8))
    return data[:at] + rubbish + data[at + len(rubbish) :]


def truncate(rng: Random, data: bytes) -> bytes:
    """It ends early, possibly before it begins."""
    return data[: rng.randrange(len(data) + 1)]


def drop_beginning(rng: Random, data: bytes) -> bytes:
    """Its beginning is lost."""
    return data[rng.randrange(len(data) + 1) :]


def append_bytes(rng: Random, data: bytes) -> bytes:
    """There is more than there should be."""
    return data + rng.randbytes(rng.randrange(MAX_ADDED_BYTES))


def duplicate(rng: Random, data: bytes) -> bytes:
    """It comes twice, or a part of it does."""
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[: at + rng.randrange(16)] + data[at:]


def fill_with_one_byte(rng: Random, data: bytes) -> bytes:
    """All of one byte."""
    return bytes((rng.choice((0x00, 0x20, 0x23, 0x39, 0xA0, 0xFF)),)) * len(data)


MUTATIONS = (flip_bit, flip_bit, overwrite, truncate, drop_beginning, append_bytes, duplicate, fill_with_one_byte)
