"""Load tests, which take too long for a test run. See `./run load --help`."""
