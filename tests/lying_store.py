"""An S3 server for a test that can be made to differ from the standard, to refuse, to forget and to lie."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import formatdate

from aiohttp import web

from pipelines.delivery.interfaces import Store
from pipelines.delivery.open_store import open_store
from pipelines.delivery.s3_access import S3Access

BUCKET = "lessons"


@dataclass
class LyingStore:
    """The bucket ``lessons``. ``refusals`` are asked first, by method and key, for a status and an error code."""

    port: int = 0
    objects: dict[str, bytes] = field(default_factory=dict)
    checks_sha256: bool = True
    tells_sha256: bool = True
    is_hosted_only: bool = False
    condition: str = "kept"
    head_etag: str | None = None
    clock_offset_s: float = 0.0
    is_ill: bool = False
    refusals: list[Callable[[str, str], tuple[int, str] | None]] = field(default_factory=list)
    before: list[Callable[[str, str], None]] = field(default_factory=list)
    kept: Callable[[str, bytes], bytes | None] = lambda _key, body: body
    loses_answer: Callable[[str, str], bool] = lambda _method, _key: False
    requests: list[tuple[str, str]] = field(default_factory=list)

    @property
    def access(self) -> S3Access:
        return S3Access("key", "secret", f"http://127.0.0.1:{self.port}")

    def store(self, access: S3Access | None = None) -> Store:
        return open_store(f"s3://{BUCKET}", access or self.access, timeout_s=5)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[LyingStore]:
        """Answer on a port of its own meanwhile."""
        app = web.Application(client_max_size=1 << 31)
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        answer = await self._judge(request)
        if self.clock_offset_s:
            answer.headers["Date"] = formatdate(time.time() + self.clock_offset_s, usegmt=True)
        return answer

    async def _judge(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        is_hosted = request.host.startswith(f"{BUCKET}.")
        if self.is_hosted_only and not is_hosted:
            return _error(403, "SecondLevelDomainForbidden")
        key = path if is_hosted else path.removeprefix(f"{BUCKET}/")
        self.requests.append((request.method, key))
        body = await request.read()
        for look in self.before:
            look(request.method, key)
        for refusal in self.refusals:
            if (refused := refusal(request.method, key)) is not None:
                return _error(*refused)
        answer = self._put(request, key, body) if request.method == "PUT" else self._other(request, key)
        if self.loses_answer(request.method, key):
            request.transport.close()  # type: ignore[union-attr]
        return answer

    def _put(self, request: web.Request, key: str, body: bytes) -> web.Response:
        version = request.headers.get("If-Match")
        if self.condition == "unknown" and (version or "If-None-Match" in request.headers):
            return _error(501, "NotImplemented")
        if self.condition == "kept" and "If-None-Match" in request.headers and key in self.objects:
            return _error(412, "PreconditionFailed")
        if self.condition == "kept" and version and key not in self.objects:
            return _error(404, "NoSuchKey")
        if self.condition == "kept" and version and version != self._etag(self.objects[key]):
            return _error(412, "PreconditionFailed")
        told = request.headers.get("x-amz-checksum-sha256", "")
        if self.checks_sha256 and told != _sha256(body):
            return _error(400, "BadDigest")
        if (kept := self.kept(key, body)) is not None:
            self.objects[key] = kept
        return web.Response(headers={"ETag": _etag(body)})

    def _other(self, request: web.Request, key: str) -> web.Response:
        if request.method == "DELETE":
            self.objects.pop(key, None)
            return web.Response(status=204)
        if "list-type" in request.query:
            return self._list(request.query["prefix"])
        if (body := self.objects.get(key)) is None:
            return _error(404, "NoSuchKey")
        headers = {"ETag": self._etag(body)} | ({"x-amz-checksum-sha256": _sha256(body)} if self.tells_sha256 else {})
        return web.Response(body=body, headers=headers)

    def _etag(self, body: bytes) -> str:
        return _etag(body) if self.head_etag is None else self.head_etag

    def _list(self, prefix: str) -> web.Response:
        below = [key.removeprefix(prefix) for key in self.objects if key.startswith(prefix)]
        folders = sorted({key.partition("/")[0] for key in below if "/" in key})
        rows = "".join(f"<CommonPrefixes><Prefix>{prefix}{one}/</Prefix></CommonPrefixes>" for one in folders)
        return web.Response(text=f"<ListBucketResult>{rows}</ListBucketResult>")


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'


def _sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def _error(status: int, code: str) -> web.Response:
    return web.Response(status=status, text=f"<Error><Code>{code}</Code></Error>")
