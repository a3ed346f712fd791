"""Scan batches: a stack of scanned letters is divided into cases, at separator sheets or by hand."""
