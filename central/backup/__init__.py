"""Backing up and restoring an installation: one archive of database and pictures, one of the keys."""
