"""A report in the formats agencies publish: clean and Word-pasted HTML, DOCX, two kinds of flattened text."""
