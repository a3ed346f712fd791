"""Statistics of the centres: counted cases, reports, tables that leave the system."""
