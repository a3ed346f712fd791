"""Proofs of load: more than a test run has time for. `./run load --help`."""
