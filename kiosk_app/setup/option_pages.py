"""Options of kiosk.toml and the pages of the set-up that ask for them, both ways."""

from collections.abc import Mapping

from kiosk_app.settings import Settings

_PRINTER_PORT = 9100
# Option of kiosk.toml: the page that asks for it.
_TEXT_OPTIONS = {
    "kiosk.id": "hall.kiosk_id",
    "kiosk.centre_name_th": "hall.name_th",
    "kiosk.centre_name_en": "hall.name_en",
    "centre.url": "centre.url",
}
_OPTIONAL_TEXT_OPTIONS = {"kiosk.area": "hall.area", "kiosk.phone": "hall.phone", "network.proxy": "network.proxy"}


def printer_connection(entered: Mapping[str, str]) -> str:
    """The printer's connection as in kiosk.toml; '' while it is not answered."""
    connection, address = entered.get("printer.connection", ""), entered.get("printer.address", "")
    if connection != "network":
        return connection
    return f"network:{address}" if ":" in address else f"network:{address}:{_PRINTER_PORT}"


def options_from(entered: Mapping[str, str]) -> dict[str, str | bool | int | float]:
    """The options of kiosk.toml that are answered so far."""
    options: dict[str, str | bool | int | float] = {
        option: entered[page] for option, page in _TEXT_OPTIONS.items() if entered.get(page)
    }
    options |= {option: entered[page] for option, page in _OPTIONAL_TEXT_OPTIONS.items() if page in entered}
    if width := entered.get("screen.width"):
        options["screen.width_mm"] = float(width)
    if rotation := entered.get("screen.rotation"):
        options["screen.rotation"] = int(rotation)
    if present := entered.get("reader.present"):
        options["card_reader.enabled"] = present == "yes"
    if scanner := entered.get("scanner.device"):
        options |= {"scanner.enabled": scanner != "none", "scanner.device": "" if scanner == "none" else scanner}
    if connection := printer_connection(entered):
        options["printer.connection"] = connection
    if dots := entered.get("printer.width"):
        options["printer.width_dots"] = int(dots)
    if present := entered.get("sound.present"):
        options["sound.enabled"] = present == "yes"
    return options


def present_answers(settings: Settings) -> dict[str, str]:
    """The settings as answers, for a set-up that is opened again: nothing is typed twice. The PIN stays as it is."""
    kiosk, kind, _colon, address = settings.kiosk, *settings.printer.connection.partition(":")
    answers = {
        "centre.url": settings.centre.url,
        "network.proxy": settings.network.proxy,
        "hall.kiosk_id": kiosk.id,
        "hall.name_th": kiosk.centre_name_th,
        "hall.name_en": kiosk.centre_name_en,
        "hall.area": kiosk.area,
        "hall.phone": kiosk.phone,
        "screen.width": f"{settings.screen.width_mm:g}",
        "screen.rotation": str(settings.screen.rotation),
        "reader.present": "yes" if settings.card_reader.enabled else "none",
        "scanner.device": settings.scanner.device if settings.scanner.enabled else "none",
        "printer.connection": kind if kind in ("network", "none") else settings.printer.connection,
        "printer.address": address.removesuffix(f":{_PRINTER_PORT}") if kind == "network" else "",
        "printer.width": str(settings.printer.width_dots),
        "sound.present": "yes" if settings.sound.enabled else "none",
        "pin.hash": "saved",
    }
    return {name: answer for name, answer in answers.items() if answer}
