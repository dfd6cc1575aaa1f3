"""One polite look at a site that nobody has described yet, for `nianbao portals probe`.

It finds the column, its family, the second page and a report, with at most `REQUESTS` requests and the conduct of a
crawl. Nothing is kept: no database, no WARC file. (The role `probe` of a capture is something else: what a night asks
to know a site's error page.)
"""
