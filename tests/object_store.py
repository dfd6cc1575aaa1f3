"""A real object store on loopback: SeaweedFS, whose `weed` comes with the development packages."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from obstore import sign
from obstore.store import S3Store

KEY, SECRET = "nianbao-tests", "a-secret-that-no-one-may-see"
BUCKET = "warcs"
SECONDS = 60


@dataclass
class ObjectStore:
    """A server with one bucket; `more` are the variables by which a command finds it."""

    folder: Path
    ports: list[int]
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def more(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
        }

    def client(self, prefix: str = "") -> S3Store:
        """Gives a client of its own, which knows nothing of ours."""
        return S3Store(
            BUCKET,
            prefix=prefix or None,
            endpoint=self.endpoint,
            access_key_id=KEY,
            secret_access_key=SECRET,
            region="us-east-1",
            client_options={"allow_http": True},
        )

    def start(self) -> None:
        """Starts the server on what its folder holds, and waits until it answers."""
        s3, master, volume, filer, *grpc = map(str, self.ports)
        named = {"s3": s3, "master": master, "volume": volume, "filer": filer}
        command = [weed(), "-logtostderr", "server", f"-dir={self.folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
        command += ["-master.telemetry=false", "-filer", "-s3", "-s3.iam=false", "-s3.autoCreateBucket=false"]
        command += ["-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={self.folder / 's3.json'}"]
        command += [
            "-volume.max=8",
            "-master.volumeSizeLimitMB=64",
            "-volume.preStopSeconds=0",
            "-master.electionTimeout=1s",
        ]
        command += [f"-{each}.localSocket={self.folder / each}.sock" for each in ("filer", "s3")]
        command += [f"-{each}.port={port}" for each, port in named.items()]
        command += [f"-{each}.port.grpc={port}" for each, port in zip(named, grpc, strict=True)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        end = time.monotonic() + SECONDS
        while not self.answers():
            assert self.process.poll() is None, (self.folder / "log").read_text()[-2000:]
            assert time.monotonic() < end, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            with urlopen(f"{self.endpoint}/healthz", timeout=2):
                return True
        except (URLError, OSError):
            return False

    def kill(self) -> None:
        """Ends the server in the middle of what it does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def make_bucket(self) -> None:
        url = sign(self.client(), "PUT", "", timedelta(minutes=1))
        with urlopen(Request(url, method="PUT")) as answer:
            assert answer.status == 200


def weed() -> str:
    """Gives the path of the server's program."""
    return str(Path(sys.executable).with_name("weed"))


def free_ports(count: int) -> list[int]:
    """Gives ports that were all free at one time."""
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in held]
    finally:
        for each in held:
            each.close()


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    """Gives a running server with an empty bucket, ended afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    credentials = [{"accessKey": KEY, "secretKey": SECRET}]
    identity = {"name": "tests", "credentials": credentials, "actions": ["Admin", "Read", "Write", "List"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    store = ObjectStore(folder, free_ports(8))
    store.start()
    try:
        store.make_bucket()
        yield store
    finally:
        store.kill()
