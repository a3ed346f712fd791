"""Compatibility with messages of other versions (docs/compatibility.md): tolerates unknown choices and fields, and
negotiates the major version.

A message model ignores fields that it does not declare. A choice (an enum or a literal) is annotated with `FallBackTo`:
a value that this version does not know is read as a safe known one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import BaseModel, GetCoreSchemaHandler, ValidationError, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, core_schema, to_json

PROTOCOL_VERSION = 1  # the version of every message that this program writes
SUPPORTED_VERSIONS = (1,)  # the versions that this program reads
VERSIONS_HEADER = "Protocol-Versions"  # in every response of the centre's API: the versions it reads, '1' or '1 2'
_MAX_VERSION_DIGITS = 4
_MAX_UNREAD_ENTRIES = 50
_MAX_UNREAD_CHARS = 1000  # of one entry
_MAX_PATH_CHARS = 100


@dataclass(frozen=True)
class FallBackTo:
    """Annotates a choice field: `Annotated[Nature, FallBackTo(Nature.COMPLAINT)]`. A string that is not a value of the
    field is read as `value`; any other type is still an error."""

    value: object

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._validate, handler(source))

    def _validate(self, value: object, validate: ValidatorFunctionWrapHandler) -> object:
        try:
            return validate(value)
        except ValidationError:
            if isinstance(value, str):
                return self.value
            raise


class UnreadContent(NamedTuple):
    """Content of a message that its model does not represent, by path ('topic', 'contact.email',
    'pages.0.language')."""

    choices: dict[str, str]  # unknown values of known choices, which were read as their fallback
    fields: dict[str, str]  # unknown fields; a value that is not a string is given as JSON


def find_unread_content(message: BaseModel, raw: Mapping[str, Any]) -> UnreadContent:
    """Compares `message` with the JSON object it was read from. At most 50 entries, each cut to 1,000 characters."""
    unread = UnreadContent({}, {})
    for path, value, is_choice in _walk_unread(message, raw, ""):
        if len(unread.choices) + len(unread.fields) >= _MAX_UNREAD_ENTRIES:
            break
        text = value if isinstance(value, str) else to_json(value).decode()
        (unread.choices if is_choice else unread.fields)[path[:_MAX_PATH_CHARS]] = text[:_MAX_UNREAD_CHARS]
    return unread


def _walk_unread(message: BaseModel, raw: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, object, bool]]:
    """(path, raw value, whether it is a choice) of everything in `raw` that `message` does not represent."""
    known_fields = type(message).model_fields
    for name, value in raw.items():
        path = f"{prefix}{name}"
        if name not in known_fields:
            yield path, value, False
            continue
        read = getattr(message, name)
        if any(isinstance(annotation, FallBackTo) for annotation in known_fields[name].metadata):
            if value != getattr(read, "value", read):
                yield path, value, True
        elif isinstance(read, BaseModel) and isinstance(value, Mapping):
            yield from _walk_unread(read, value, f"{path}.")
        elif isinstance(read, tuple) and isinstance(value, list):
            for index, (item, raw_item) in enumerate(zip(read, value, strict=False)):
                if isinstance(item, BaseModel) and isinstance(raw_item, Mapping):
                    yield from _walk_unread(item, raw_item, f"{path}.{index}.")


def format_versions(versions: tuple[int, ...] = SUPPORTED_VERSIONS) -> str:
    """The value of `VERSIONS_HEADER`."""
    return " ".join(map(str, versions))


def highest_common_version(header: str, supported: tuple[int, ...] = SUPPORTED_VERSIONS) -> int | None:
    """The highest version in both the centre's header and `supported`; None when there is none.

    A header without a number means version 1: a centre older than the header."""
    words = header.replace(",", " ").split()
    offered = {int(word) for word in words if word.isascii() and word.isdecimal() and len(word) <= _MAX_VERSION_DIGITS}
    return max((offered or {1}) & set(supported), default=None)
