"""Writes kiosk.toml. Only the options that the set-up asks for are accepted; all others keep their values, also those
that this release does not know."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kiosk_app.settings import SYSTEM_FILE, Settings, SettingsError, parse, unknown_part
from kiosk_app.settings.render import to_commented_toml
from machine.safe_files import read_file, replace_file_atomically

WRITABLE_OPTIONS = frozenset(
    {
        "kiosk.id",
        "kiosk.centre_name_th",
        "kiosk.centre_name_en",
        "kiosk.area",
        "kiosk.phone",
        "kiosk.language",
        "centre.url",
        "network.proxy",
        "card_reader.enabled",
        "scanner.enabled",
        "scanner.device",
        "printer.connection",
        "printer.width_dots",
        "screen.width_mm",
        "screen.rotation",
        "sound.enabled",
    }
)
BACKUP_SUFFIX = ".before-setup"
_MAX_BYTES = 1 << 20


class SettingsFile:
    """kiosk.toml at its place on an appliance; `path` is replaced by tests."""

    def __init__(self, path: Path = SYSTEM_FILE) -> None:
        self._path = path

    def read(self) -> Settings:
        """The present settings; the defaults without a file. Raises SettingsError, OSError."""
        return parse(self._table())

    def save_options(self, options: Mapping[str, object]) -> Settings:
        """Write these options, each by `section.key`. Raises SettingsError with a sentence for each wrong one, and
        OSError."""
        if unknown := sorted(options.keys() - WRITABLE_OPTIONS):
            raise SettingsError([f"{unknown[0]} cannot be set here"])
        return self._write(options)

    @contextmanager
    def with_centre(self, url: str) -> Iterator[None]:
        """Write the address of the centre. When the context ends with an exception, the file is as before: a kiosk
        keeps the centre that has approved it. Raises SettingsError, OSError."""
        before = read_file(self._path, _MAX_BYTES)
        address = self.read().centre.url
        self.save_options({"centre.url": url})
        written = read_file(self._path, _MAX_BYTES)
        try:
            yield
        except BaseException:
            if read_file(self._path, _MAX_BYTES) == written:
                self._replace(before)
            else:  # somebody has saved other settings meanwhile
                self.save_options({"centre.url": address})
            raise

    def save_pin_hash(self, pin_hash: str) -> Settings:
        """Write the hash of the technician's PIN. Raises SettingsError, OSError."""
        return self._write({"kiosk.technician_pin_hash": pin_hash})

    def save_authority(self, file: Path | None) -> Settings:
        """Name the file with the accepted authority; None for the system's authorities. Raises SettingsError,
        OSError."""
        return self._write({"centre.ca_file": str(file or "")})

    def _write(self, options: Mapping[str, object]) -> Settings:
        table = self._table()
        for name, value in options.items():
            section, _dot, key = name.partition(".")
            table.setdefault(section, {})[key] = value
        settings = parse(table)
        content = to_commented_toml(settings, unknown_part(table)).encode()
        backup = self._path.with_name(self._path.name + BACKUP_SUFFIX)
        if not backup.exists():
            with suppress(FileNotFoundError):
                replace_file_atomically(backup, read_file(self._path, _MAX_BYTES), 0o640)
        self._replace(content)
        return settings

    def _replace(self, content: bytes) -> None:
        """Interface and forwarder read a file of root by the group of its directory."""
        group = self._path.parent.stat().st_gid if os.geteuid() == 0 else None
        replace_file_atomically(self._path, content, 0o640, group=group)

    def _table(self) -> dict[str, Any]:
        try:
            return tomllib.loads(read_file(self._path, _MAX_BYTES).decode("utf-8"))
        except FileNotFoundError:
            return {}
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError([f"kiosk.toml cannot be read: {error}"]) from None
