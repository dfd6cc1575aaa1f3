"""The two portals, page by page: what every path answers on a night."""
