"""Recognition of the files that belong to a case: pages of a letter, attached photos and PDF documents."""
