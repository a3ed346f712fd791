"""The support bundle: what an engineer needs to know about a kiosk that misbehaves, sealed to the centre's key."""
