"""What a child answers, as bytes that are safe to read whoever wrote them.

A line of JSON, then the raw bytes that it points into. Reading it makes plain values and the few classes named here, of
the types their fields are declared with, and nothing else: no class is touched, no code is looked up, and memory is
bounded by the bytes that came. Pickle, even with its classes limited, lets an answer change the classes themselves, and
with them the pages of every later visit.
"""

import json
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any, get_args, get_origin, get_type_hints

_MAX_HEADER_BYTES = 4 << 20  # bytes; a page of 20,000 characters with its lines has 200 kB
_MAX_INT = 1 << 53
_BYTES, _TUPLE, _CLASS, _DICT = "bytes", "tuple", "class", "dict"


class ResultFormatError(ValueError):
    """These bytes are no answer."""


def encode_result(value: object) -> bytes:
    """None, truth values, numbers, texts, bytes, lists, tuples, dictionaries with texts as keys, and dataclasses of
    `ocr`. Raises ResultFormatError for anything else."""
    raw = bytearray()
    head = json.dumps(_to_tree(value, raw), ensure_ascii=True, allow_nan=False).encode()
    return head + b"\n" + raw


def decode_result(encoded: bytes, classes: tuple[type, ...]) -> Any:
    """The value, with dataclasses of `classes` only. Raises ResultFormatError."""
    ends = encoded.find(b"\n", 0, _MAX_HEADER_BYTES)
    if ends < 0:
        raise ResultFormatError("It has no head")
    try:
        tree = json.loads(encoded[:ends], parse_constant=_reject_constant)
        return _from_tree(tree, memoryview(encoded)[ends + 1 :], {one.__name__: one for one in classes})
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise ResultFormatError("It cannot be read") from error


def _to_tree(value: object, raw: bytearray) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes | bytearray):
        start = len(raw)
        raw += value
        return {_BYTES: [start, len(value)]}
    if isinstance(value, list):
        return [_to_tree(one, raw) for one in value]
    if isinstance(value, tuple):
        return {_TUPLE: [_to_tree(one, raw) for one in value]}
    if isinstance(value, dict):
        return {_DICT: {str(name): _to_tree(one, raw) for name, one in value.items()}}
    if is_dataclass(value) and not isinstance(value, type):
        return {_CLASS: [type(value).__name__, {f.name: _to_tree(getattr(value, f.name), raw) for f in fields(value)}]}
    raise ResultFormatError(f"{type(value).__name__} is no answer")


def _from_tree(tree: object, raw: memoryview, classes: dict[str, type]) -> Any:
    if isinstance(tree, int) and abs(tree) > _MAX_INT:
        raise ResultFormatError("It has a number beyond all bounds")
    if isinstance(tree, list):
        return [_from_tree(one, raw, classes) for one in tree]
    if not isinstance(tree, dict):
        if isinstance(tree, float) and not isfinite(tree):  # 1e999 is no constant to JSON
            raise ResultFormatError("It has a number beyond all bounds")
        return tree
    ((kind, content),) = tree.items()
    if kind == _BYTES:
        start, length = content
        if not (0 <= start <= start + length <= len(raw)):
            raise ResultFormatError("It points beyond its end")
        return bytes(raw[start : start + length])
    if kind == _TUPLE:
        return tuple(_from_tree(one, raw, classes) for one in content)
    if kind == _DICT:
        return {name: _from_tree(one, raw, classes) for name, one in content.items()}
    if kind == _CLASS:
        name, parts = content
        return _build_dataclass(classes[name], {part: _from_tree(one, raw, classes) for part, one in parts.items()})
    raise ResultFormatError("It has a kind of value that is not known")


def _build_dataclass(kind: type, parts: dict[str, Any]) -> Any:
    hints = get_type_hints(kind)
    if set(parts) != set(hints):
        raise ResultFormatError("It lacks a field")
    for name, value in parts.items():
        if not _matches_type(value, hints[name]):
            raise ResultFormatError(f"{kind.__name__}.{name} is of another type")
    return kind(**parts)


def _matches_type(value: object, hint: Any) -> bool:
    """For the types that fields of an answer have: plain ones, and tuples of one type."""
    if get_origin(hint) is tuple:
        (one, _) = get_args(hint)
        return isinstance(value, tuple) and all(_matches_type(each, one) for each in value)
    if hint is float:
        return type(value) in (float, int)
    return type(value) is hint


def _reject_constant(_constant: str) -> Any:
    raise ResultFormatError("It has a number beyond all bounds")
