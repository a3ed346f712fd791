"""The Debian packages of the image, besides the kernel and what the kiosk's package depends on."""

from provision.packaging.architecture import Architecture

# What a machine needs to boot by itself.
SYSTEM_PACKAGES = (
    "initramfs-tools",
    "busybox",
    "systemd-sysv",
    "zstd",
    "fdisk",
    "e2fsprogs",
    "squashfs-tools",
    "iproute2",
    "iputils-ping",
    "cryptsetup-bin",
    "tpm2-tools",  # for its libraries, which systemd loads when there is a TPM
    "wireless-regdb",  # without it a Wi-Fi adapter uses only the channels that every country permits
    "damrongdham-kiosk",
)
_SYSTEM_PACKAGES_OF_SUITE = {"bookworm": (), "trixie": ("systemd-cryptsetup",)}  # Debian 12 has it in systemd

FIRMWARE_COMPONENT = "non-free-firmware"
# Of the chips in small computers. Without it many of the graphics chips of AMD leave the screen dark.
_FIRMWARE = (
    "firmware-amd-graphics",
    "firmware-atheros",
    "firmware-brcm80211",
    "firmware-iwlwifi",
    "firmware-misc-nonfree",
    "firmware-realtek",
)
# Debian 13 has divided firmware-misc-nonfree.
_FIRMWARE_OF_SUITE = {
    "bookworm": (),
    "trixie": ("firmware-intel-graphics", "firmware-intel-misc", "firmware-mediatek"),
}


def image_packages(suite: str, architecture: Architecture, components: tuple[str, ...]) -> tuple[str, ...]:
    """The packages of an image for the suite, with firmware if `components` of Debian contain it."""
    system = (architecture.kernel_package, *SYSTEM_PACKAGES, *_SYSTEM_PACKAGES_OF_SUITE[suite])
    if FIRMWARE_COMPONENT not in components:
        return system
    return (*system, *_FIRMWARE, *_FIRMWARE_OF_SUITE[suite], *architecture.firmware_packages)
