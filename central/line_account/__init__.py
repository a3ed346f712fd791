"""The LINE official account of a centre: a citizen files, follows and answers a case by conversation."""
