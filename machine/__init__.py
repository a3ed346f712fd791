"""Safe files, the boot id and calls with a deadline: below every other package, without imports from one."""
