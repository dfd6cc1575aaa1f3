"""The researcher's questions as pages; a few now, server-rendered, usable without JavaScript."""
