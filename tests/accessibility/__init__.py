"""Every page of the central service checked for accessibility in Chromium: axe-core, reflow and keyboard."""
