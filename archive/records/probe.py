"""Whether an embedded server answers, and which process it is."""

import socket
import struct

from psycopg import pq
from psycopg.conninfo import make_conninfo

from archive.records.place import DATABASE, ROLE, SOCKET, Place


def ping(here: Place) -> pq.Ping:
    """Gives what the server answers: OK, REJECT (starting or stopping), NO_RESPONSE."""
    target = make_conninfo(host=str(here.sockets), port=5432, user=ROLE, dbname=DATABASE, connect_timeout=10)
    return pq.Ping(pq.PGconn.ping(target.encode()))


def listener(here: Place) -> int | None:
    """Gives the process that listens on the socket, as the kernel knows it; None where none does.

    Elsewhere than on Linux it is what the server itself wrote down, and the server answers.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.connect(str(here.sockets / SOCKET))
        except OSError:
            return None
        if hasattr(socket, "SO_PEERCRED"):
            pid, uid, _ = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            return pid if pid > 0 and uid == here.runner.uid else None  # 0: in another container
    return written_pid(here)


def written_pid(here: Place) -> int | None:
    """Gives the first line of `postmaster.pid`; it may be stale."""
    try:
        first = (here.data / "postmaster.pid").read_text(encoding="utf-8").partition("\n")[0].strip()
    except FileNotFoundError:
        return None
    return int(first) if first.isdigit() and int(first) > 1 else None
