"""The set-up of a kiosk: the root service that changes the machine, and the tasks of the interface that ask it."""
