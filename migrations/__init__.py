"""The schema of the database, step by step; each step is dated and named for what it does."""

HEAD = "20261122_panel_by_agency"  # the last step; tests/records/test_migrations.py compares it with the files
