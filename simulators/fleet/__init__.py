"""A fleet of simulated kiosks that sends to one central installation, to try it out or to measure it. Only
`registration` imports the central service."""
