"""Takes what other crawlers captured, and files, into the archive: kept first, then read as a crawl's own would be.

Pages come before the documents that they link to, and revisits last, whatever their order in the files.
"""

from archive.operate.imports.run import Options, Result, run

__all__ = ["Options", "Result", "run"]
