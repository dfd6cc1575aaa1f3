"""The crawler finds and fetches; the only package that knows Scrapy."""
