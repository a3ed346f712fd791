"""Boots the disk image in QEMU: a visit on its display, power cuts, recovery."""
