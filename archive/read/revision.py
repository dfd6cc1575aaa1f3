"""The number of the reading code."""

REVISION = 3
"""Raised whenever the same payload would give another reading; readings are kept and compared by it."""
