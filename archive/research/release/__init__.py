"""Releases: a frozen folder of everything, that describes itself and can be proved whole (docs/release.md)."""
