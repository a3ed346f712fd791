"""What happens to a page between the printer and the reader."""
