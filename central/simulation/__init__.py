"""Kiosks that are not there: real keys, seals, signatures and requests, with invented people and complaints. For trying
an installation out and for measuring it; nothing else of the service uses this."""
