"""USB printers as the kernel's usblp driver shows them: found by what they are, not by where they are plugged in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SYS = Path("/sys/class/usbmisc")
DEV = Path("/dev")


@dataclass(frozen=True)
class UsbPrinter:
    """One printer: vendor and product as four hexadecimal digits, serial number ('' where it has none)."""

    node: Path
    vendor: str
    product: str
    serial: str
    name: str

    @property
    def connection(self) -> str:
        """How kiosk.toml names it. Twenty kiosks with one model can share the line without the serial number."""
        return ":".join(filter(None, ("usb", self.vendor, self.product, self.serial)))

    def is_at(self, connection: str) -> bool:
        """Whether kiosk.toml's `connection` means this one."""
        kind, _, where = connection.partition(":")
        return kind == "usb" and (self.is_called(where) or where == str(self.node))

    def is_called(self, where: str) -> bool:
        """Whether `where`, 'VENDOR:PRODUCT[:SERIAL]', means this one."""
        vendor, product, serial = (where + "::").split(":")[:3]
        return (vendor.lower(), product.lower()) == (self.vendor, self.product) and serial in ("", self.serial)


def usb_printers() -> Iterator[UsbPrinter]:
    """Those plugged in now, by the order of their device nodes."""
    for entry in sorted(SYS.glob("lp*")):
        device = (entry / "device").resolve().parent  # of the interface that usblp drives
        variables = dict(line.split("=", 1) for line in _text(entry / "uevent").splitlines() if "=" in line)
        yield UsbPrinter(
            node=DEV / variables.get("DEVNAME", f"usb/{entry.name}"),
            vendor=_text(device / "idVendor"),
            product=_text(device / "idProduct"),
            serial=_text(device / "serial"),
            name=" ".join(filter(None, (_text(device / "manufacturer"), _text(device / "product")))),
        )


def device_node(where: str) -> Path:
    """The device file of '/dev/usb/lp0' or 'VENDOR:PRODUCT[:SERIAL]'. Raises FileNotFoundError."""
    if where.startswith("/"):
        return Path(where)
    found = next((printer for printer in usb_printers() if printer.is_called(where)), None)
    if found is None:
        raise FileNotFoundError(where)
    return found.node


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:  # unplugged a moment ago, or it has no such string
        return ""
