"""What everybody can do without an account: filing a case from a phone or a computer."""
