"""The classes of cases beside their topic: sub-topics, and the schemes of national plans."""
