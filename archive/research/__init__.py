"""Read-only questions to the archive: find, show, history, diff, export. The command and the pages ask these."""
