"""USB printers of the kernel's usblp driver, identified by vendor, product and serial number and not by port."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

USBMISC_CLASS_DIR = Path("/sys/class/usbmisc")
DEV_DIR = Path("/dev")


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
        """The connection for kiosk.toml. Without the serial number it fits every printer of that model."""
        return ":".join(filter(None, ("usb", self.vendor, self.product, self.serial)))

    def matches_connection(self, connection: str) -> bool:
        """Whether kiosk.toml's `connection` means this printer."""
        kind, _, usb_id = connection.partition(":")
        return kind == "usb" and (self.matches_usb_id(usb_id) or usb_id == str(self.node))

    def matches_usb_id(self, usb_id: str) -> bool:
        """Whether `usb_id`, 'VENDOR:PRODUCT[:SERIAL]', means this printer."""
        vendor, product, serial = (usb_id + "::").split(":")[:3]
        return (vendor.lower(), product.lower()) == (self.vendor, self.product) and serial in ("", self.serial)


def list_usb_printers() -> Iterator[UsbPrinter]:
    """The printers that are plugged in, ordered by device node."""
    for entry in sorted(USBMISC_CLASS_DIR.glob("lp*")):
        device = (entry / "device").resolve().parent  # the USB device; `device` is the interface that usblp drives
        variables = dict(line.split("=", 1) for line in _read_text(entry / "uevent").splitlines() if "=" in line)
        yield UsbPrinter(
            node=DEV_DIR / variables.get("DEVNAME", f"usb/{entry.name}"),
            vendor=_read_text(device / "idVendor"),
            product=_read_text(device / "idProduct"),
            serial=_read_text(device / "serial"),
            name=" ".join(filter(None, (_read_text(device / "manufacturer"), _read_text(device / "product")))),
        )


def find_device_node(usb_id: str) -> Path:
    """The device file of '/dev/usb/lp0' or 'VENDOR:PRODUCT[:SERIAL]'. Raises FileNotFoundError."""
    if usb_id.startswith("/"):
        return Path(usb_id)
    match = next((printer for printer in list_usb_printers() if printer.matches_usb_id(usb_id)), None)
    if match is None:
        raise FileNotFoundError(usb_id)
    return match.node


def _read_text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:  # just unplugged, or the device has no such string
        return ""
