"""Official letters of a case: templates, drafts, numbers, files, and the signed scans that are filed back."""
