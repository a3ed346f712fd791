"""Builds a disk image from the packages: written to a disk, it installs itself at its first start."""
