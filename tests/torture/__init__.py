"""The promise of the kiosk, tried as databases are tried: killed, cut off, flooded, and searched afterwards."""
