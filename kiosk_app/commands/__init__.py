"""The commands of `kiosk`, one a file. Each has `main(argv) -> exit status` and is imported when it is chosen."""
