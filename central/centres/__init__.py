"""The tree of centres, its officers, and what each may do where."""
