"""The number of the reading code."""

REVISION = 2
"""Raised whenever the same payload would give another reading; readings are kept and compared by it."""
