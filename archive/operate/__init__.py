"""What an operator does: crawl portals, watch runs, verify the stored bytes."""
