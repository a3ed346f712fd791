"""Carries out what the centre commands: support bundle, restart, log level, USB ports. Runs as root, in a unit of its
own.

The forwarder only passes the commands on. Each is signed by the receipt key of the centre at which people have enrolled
this kiosk, and root checks the signature: a forwarder that is taken over cannot command anything."""
