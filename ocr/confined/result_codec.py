"""Encodes a child's result as bytes that are safe to decode even if the child is compromised.

The format is one line of JSON, then the raw bytes that it points into. Parts of a result that is not complete yet come
before it, each with its length. Decoding creates plain values and instances of
the given dataclasses, with fields of the declared types, and nothing else: no class is changed, no code is looked up,
and memory is bounded by the received bytes. Pickle, even with limited classes, lets a result change the classes
themselves, and with them the pages of every later visit.
"""

import json
import struct
from dataclasses import fields, is_dataclass
from enum import StrEnum
from math import isfinite
from typing import Any, get_args, get_origin, get_type_hints

_MAX_HEADER_BYTES = 4 << 20  # a page of 20,000 characters with its lines has 200 kB
_MAX_INT = 1 << 53
_PART_HEAD = struct.Struct(">BI")  # a byte that begins no line of JSON, and the length of the part
_PART_MARK = 1
_MAX_PART_BYTES = 1 << 20  # a line of text with its boxes has 1 kB
_BYTES, _TUPLE, _CLASS, _DICT = "bytes", "tuple", "class", "dict"


class Outcome(StrEnum):
    """The first element of a result; it gives the meaning of the second."""

    VALUE = "value"  # the function's return value
    OCR_ERROR = "refused"  # reason and detail of the OcrError it raised
    CRASHED = "failed"  # reason and detail of another failure


class ResultFormatError(ValueError):
    """The bytes are not a result, or the value cannot be one."""


def encode_result(value: object) -> bytes:
    """Encodes None, bool, int, float, str, bytes, list, tuple, dict with str keys, and dataclasses. Raises
    ResultFormatError for anything else."""
    raw = bytearray()
    header = json.dumps(_to_tree(value, raw), ensure_ascii=True, allow_nan=False).encode()
    return header + b"\n" + raw


def encode_part(value: object) -> bytes:
    """A part of a result, to be written before the result. Raises ResultFormatError as `encode_result` does."""
    encoded = encode_result(value)
    return _PART_HEAD.pack(_PART_MARK, len(encoded)) + encoded


def split_part(received: bytearray) -> bytes | None:
    """Remove the first complete part from the received bytes and return it; None when there is none yet. Raises
    ResultFormatError for a part that is too long."""
    if len(received) < _PART_HEAD.size or received[0] != _PART_MARK:
        return None
    _, length = _PART_HEAD.unpack_from(received)
    if length > _MAX_PART_BYTES:
        raise ResultFormatError("a part is too long")
    end = _PART_HEAD.size + length
    if len(received) < end:
        return None
    part = bytes(received[_PART_HEAD.size : end])
    del received[:end]
    return part


def decode_result(encoded: bytes, classes: tuple[type, ...]) -> Any:
    """The value, with dataclasses of `classes` only. Raises ResultFormatError."""
    header_end = encoded.find(b"\n", 0, _MAX_HEADER_BYTES)
    if header_end < 0:
        raise ResultFormatError("no header")
    try:
        tree = json.loads(encoded[:header_end], parse_constant=_reject_constant)
        return _from_tree(tree, memoryview(encoded)[header_end + 1 :], {cls.__name__: cls for cls in classes})
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise ResultFormatError("not decodable") from error


def _to_tree(value: object, raw: bytearray) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes | bytearray):
        start = len(raw)
        raw += value
        return {_BYTES: [start, len(value)]}
    if isinstance(value, list):
        return [_to_tree(item, raw) for item in value]
    if isinstance(value, tuple):
        return {_TUPLE: [_to_tree(item, raw) for item in value]}
    if isinstance(value, dict):
        return {_DICT: {str(name): _to_tree(item, raw) for name, item in value.items()}}
    if is_dataclass(value) and not isinstance(value, type):
        return {_CLASS: [type(value).__name__, {f.name: _to_tree(getattr(value, f.name), raw) for f in fields(value)}]}
    raise ResultFormatError(f"{type(value).__name__} cannot be a result")


def _from_tree(tree: object, raw: memoryview, classes: dict[str, type]) -> Any:
    if isinstance(tree, int) and abs(tree) > _MAX_INT:
        raise ResultFormatError("a number is out of range")
    if isinstance(tree, list):
        return [_from_tree(item, raw, classes) for item in tree]
    if not isinstance(tree, dict):
        if isinstance(tree, float) and not isfinite(tree):  # JSON reads 1e999 as infinity
            raise ResultFormatError("a number is out of range")
        return tree
    ((kind, content),) = tree.items()
    if kind == _BYTES:
        start, length = content
        if not (0 <= start <= start + length <= len(raw)):
            raise ResultFormatError("a reference is beyond the end")
        return bytes(raw[start : start + length])
    if kind == _TUPLE:
        return tuple(_from_tree(item, raw, classes) for item in content)
    if kind == _DICT:
        return {name: _from_tree(item, raw, classes) for name, item in content.items()}
    if kind == _CLASS:
        name, values = content
        return _build_dataclass(
            classes[name], {field: _from_tree(item, raw, classes) for field, item in values.items()}
        )
    raise ResultFormatError("unknown kind of value")


def _build_dataclass(cls: type, values: dict[str, Any]) -> Any:
    hints = get_type_hints(cls)
    if set(values) != set(hints):
        raise ResultFormatError("other fields than declared")
    for name, value in values.items():
        if not _matches_type(value, hints[name]):
            raise ResultFormatError(f"{cls.__name__}.{name} has another type")
    return cls(**values)


def _matches_type(value: object, hint: Any) -> bool:
    """Whether `value` has the declared type: a plain type, or a tuple of one type."""
    if get_origin(hint) is tuple:
        (item_hint, _) = get_args(hint)
        return isinstance(value, tuple) and all(_matches_type(item, item_hint) for item in value)
    if hint is float:
        return type(value) in (float, int)
    return type(value) is hint


def _reject_constant(_constant: str) -> Any:
    raise ResultFormatError("a number is out of range")
