"""The boot menu of the image, a configuration of GRUB."""

from dataclasses import dataclass, field
from pathlib import Path

_FILES = Path(__file__).parent / "files"
# console: the last one asks for the recovery key. The firmware of many ARM machines makes that the serial port (ACPI
# table SPCR), where nobody sees the question.
# panic: without it the initramfs opens a shell when the disk is missing or cannot be mounted, and waits for ever.
# gpt: the kernel uses the second copy of the partition table when a power cut has damaged the first one.
# fsck.repair: nobody is there to answer its questions.
_KERNEL_OPTIONS = (
    "panic=60 gpt fsck.repair=yes quiet loglevel=3 systemd.show_status=false vt.global_cursor_default=0 console=tty1"
)


@dataclass(frozen=True)
class BootMenu:
    """`password_hash` is from `grub-mkpasswd-pbkdf2`, '' for none. `kernel_options` are further ones, such as
    'console=ttyS0'. `has_login`: somebody can log in at the machine."""

    password_hash: str = field(default="", repr=False)
    kernel_options: str = ""
    has_login: bool = False

    def render(self) -> str:
        """The text of grub.cfg."""
        password = f"password_pbkdf2 technician {self.password_hash}" if self.password_hash else ""
        technician = ""
        if self.password_hash and self.has_login:
            technician = (_FILES / "grub-technician.cfg").read_text("utf-8")
        text = (_FILES / "grub.cfg").read_text("utf-8")
        text = text.replace("@PASSWORD@", password).replace("@TECHNICIAN@", technician)
        # The last console is the display, whatever is given.
        return text.replace("@OPTIONS@", f"{self.kernel_options} {_KERNEL_OPTIONS}".strip())
