"""Synthetic archives of any size for the benchmarks: seeded, loaded by COPY into the tables of the product."""
