"""Printed pages: characters and rules at places (PDF, OFD, scans) → blocks.

Formats that only say where ink lies give `Page`s; `document.read_pages` finds what is a table, a cell or a line of
prose, the same way for all of them. `ruled` finds tables by their rules, `unruled` by the columns of their numbers,
`join` puts together what a page break parted, `prose` makes paragraphs of the lines that are left.

`unruled.find(lines, rules)` is offered the lines that stand between two ruled tables (over page breaks, page numbers
left out, top to bottom) and the rules of each page that are no part of a ruled table; it gives the `Region`s that are
tables, in order and apart from each other. The other lines become prose.
"""
