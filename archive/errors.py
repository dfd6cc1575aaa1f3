"""The exceptions Nianbao raises.

    NianbaoError                    exit code 1
    ├── UsageError                  2   a wrong argument, an unknown or ambiguous name
    │   └── PortalFileError         2   a portal file that cannot be used: file, line, key
    ├── EnvironmentNotReadyError    6   something this machine must provide is missing
    │   ├── DatabaseUnavailableError 6  PostgreSQL does not answer or is not migrated
    │   ├── TookTooLongError        6   a question that the database gave up, or that nobody had time for
    │   ├── StorageFailedError      6   the WARC folder cannot be written: full disk, no permission
    │   └── StoreUnavailableError   6   the object store does not answer, refuses us, or has no such bucket
    ├── LockHeldError               5   another run holds the lock
    ├── PortalError                 3   a portal does not answer as its file leads us to expect
    ├── GateFailedError             4   fixity, re-reading or release gate
    │   └── CorruptArchiveError     4   an indexed record is not where the index says
    └── UnreadableDocumentError     3   bytes that cannot be read as a document: code, message

Trouble *inside* a document is not an exception but an `Issue` of its reading.
"""


class NianbaoError(Exception):
    """Root of all errors that are told to a user without a traceback."""

    exit_code = 1


class UsageError(NianbaoError):
    """The request cannot be understood: say what was given and what is possible."""

    exit_code = 2


class PortalFileError(UsageError):
    """A portal file that cannot be used; the message names file, line and key."""


class EnvironmentNotReadyError(NianbaoError):
    """Something this machine must provide is missing; the message says what would mend it."""

    exit_code = 6


class DatabaseUnavailableError(EnvironmentNotReadyError):
    """PostgreSQL does not answer, refuses us, or lacks the current migrations."""


class TookTooLongError(EnvironmentNotReadyError):
    """A question that the database gave up, or that waited too long for its turn."""


class StorageFailedError(EnvironmentNotReadyError):
    """Captured bytes could not be written durably; nothing fetched since then counts."""


class StoreUnavailableError(EnvironmentNotReadyError):
    """The object store does not answer, refuses us, or has no such bucket. Never holds a credential."""


class LockHeldError(NianbaoError):
    """Another run works on the same portal or archive."""

    exit_code = 5


class PortalError(NianbaoError):
    """A portal that cannot be crawled as its file says: the crawl goes on without it."""

    exit_code = 3


class GateFailedError(NianbaoError):
    """A gate said no: fixity, re-reading or release check."""

    exit_code = 4


class CorruptArchiveError(GateFailedError):
    """Stored bytes are not what or where the index says."""


class UnreadableDocumentError(NianbaoError):
    """Bytes that cannot be read as a document.

    `code` is stable and English (`damaged-docx`, `unsupported-media-type`, `empty`, `timeout` …);
    the message is for people.
    """

    exit_code = 3

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
