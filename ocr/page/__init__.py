"""The page: found, squared, evened, turned and deskewed, and its connected components."""
