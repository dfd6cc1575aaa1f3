"""Spiders: there is one, for all portals."""
