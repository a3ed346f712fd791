"""The commands of `kiosk`, one per file. Each has `main(argv) -> exit status` and is imported when it is run."""
