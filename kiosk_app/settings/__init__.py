"""kiosk.toml: the settings of one kiosk."""

from kiosk_app.settings.load import (
    SETTINGS_VARIABLE,
    SYSTEM_FILE,
    SettingsError,
    development_defaults,
    find_settings_file,
    load,
    parse,
)
from kiosk_app.settings.sections import (
    SECURE_URL_PATTERN,
    CardReaderSettings,
    CentreSettings,
    KeypadSettings,
    KioskSettings,
    PathSettings,
    PrinterSettings,
    ScannerSettings,
    ScreenSettings,
    Settings,
    SoundSettings,
    is_night,
)

__all__ = [
    "SECURE_URL_PATTERN",
    "SETTINGS_VARIABLE",
    "SYSTEM_FILE",
    "CardReaderSettings",
    "CentreSettings",
    "KeypadSettings",
    "KioskSettings",
    "PathSettings",
    "PrinterSettings",
    "ScannerSettings",
    "ScreenSettings",
    "Settings",
    "SettingsError",
    "SoundSettings",
    "development_defaults",
    "find_settings_file",
    "is_night",
    "load",
    "parse",
]
