"""Accounts of officers: sign-in with limited attempts, recorded events, suspension."""
