"""Runs a function on a picture in a confined child process."""
