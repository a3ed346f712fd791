"""Cases that may be about one matter: who or what they share, in keyed hashes, and who may learn of it."""
