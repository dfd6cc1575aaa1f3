"""Printed pages: characters and rules at places (PDF, OFD, scans) → blocks.

Formats that only say where ink lies give `Page`s; what is a table, a cell or a line of prose is found here, the same
way for all of them. `ruled` finds tables by their rules, `unruled` by the columns of their numbers, `join` puts
together what a page break parted.
"""
