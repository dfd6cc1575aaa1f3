"""Reports made up by chance: the statutory tables with known figures, in markup as varied as portals have it.

Written from the notices, not from the reader's own data, so that the two can contradict each other.
"""
