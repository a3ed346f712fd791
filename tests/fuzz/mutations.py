"""Damage done to valid bytes, as by bad connections and cheap devices, or at random."""

from random import Random

MAX_ADDED_BYTES = 300


def mutate_bytes(rng: Random, valid: bytes) -> bytes:
    """`valid`, damaged in one to three ways."""
    damaged = valid
    for _ in range(rng.randint(1, 3)):
        damaged = rng.choice(MUTATIONS)(rng, damaged)
    return damaged


def flip_bit(rng: Random, data: bytes) -> bytes:
    """Flip one bit."""
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes((data[at] ^ 1 << rng.randrange(8),)) + data[at + 1 :]


def overwrite(rng: Random, data: bytes) -> bytes:
    """Overwrite a few bytes with random ones."""
    at = rng.randrange(len(data) + 1)
    rubbish = rng.randbytes(rng.randint(1, 8))
    return data[:at] + rubbish + data[at + len(rubbish) :]


def truncate(rng: Random, data: bytes) -> bytes:
    """Cut off the end, possibly everything."""
    return data[: rng.randrange(len(data) + 1)]


def drop_beginning(rng: Random, data: bytes) -> bytes:
    """Cut off the beginning, possibly everything."""
    return data[rng.randrange(len(data) + 1) :]


def append_bytes(rng: Random, data: bytes) -> bytes:
    """Append random bytes."""
    return data + rng.randbytes(rng.randrange(MAX_ADDED_BYTES))


def duplicate(rng: Random, data: bytes) -> bytes:
    """Repeat a part of the data or all of it."""
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[: at + rng.randrange(16)] + data[at:]


def fill_with_one_byte(rng: Random, data: bytes) -> bytes:
    """Replace every byte with the same value."""
    return bytes((rng.choice((0x00, 0x20, 0x23, 0x39, 0xA0, 0xFF)),)) * len(data)


MUTATIONS = (flip_bit, flip_bit, overwrite, truncate, drop_beginning, append_bytes, duplicate, fill_with_one_byte)
