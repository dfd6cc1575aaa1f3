"""WARC files: writes, finds, recovers and verifies captures (docs/warc.md). No database and no Scrapy here."""
