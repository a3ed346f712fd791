"""Sets of routing rules that are delivered as data: one TOML file each, installed as rows that the centre may edit."""
