"""The archive keeps bytes, reads them, records what it read, and serves research."""
