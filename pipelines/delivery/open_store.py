"""Opening of a store by its URL."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import MemoryStore, S3Store

from pipelines.delivery.errors import InvalidStoreUrl
from pipelines.delivery.folder_store import FolderStore
from pipelines.delivery.interfaces import Store
from pipelines.delivery.s3_store import CLIENT, NO_RETRY, BucketStore


@dataclass(frozen=True, slots=True)
class S3Access:
    """Credentials and place of a bucket; ``endpoint`` is None for Amazon's own, a URL for any other server."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    endpoint: str | None = None
    region: str = "us-east-1"


def open_store(url: str, access: S3Access | None = None, timeout_s: float = 30.0) -> Store:
    """Return the store at ``file:///folder``, ``s3://bucket[/prefix]`` or ``memory://``.

    ``timeout_s`` is how long a server may take to answer, besides the time for the bytes themselves. Nothing is
    asked of the store yet: one that is away or refuses shows when it is used.

    Raises:
        InvalidStoreUrl: the URL or the access to it is wrong in itself.
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "file" if parts.netloc in ("", "localhost") and parts.path.startswith("/"):
            return FolderStore(Path(unquote(parts.path)))
        case "s3" if parts.netloc:
            return _open_bucket(parts.netloc, parts.path.strip("/"), access, timeout_s)
        case "memory":
            return BucketStore(MemoryStore(), "the store in memory", timeout_s)
        case _:
            raise InvalidStoreUrl(f"{url!r} is not a store: write file:///folder or s3://bucket")


def _open_bucket(bucket: str, prefix: str, access: S3Access | None, timeout_s: float) -> Store:
    if access is None:
        raise InvalidStoreUrl(f"s3://{bucket} needs an access key and its secret")
    endpoint = access.endpoint
    try:
        store = S3Store(
            bucket,
            prefix=prefix or None,
            config={
                "access_key_id": access.access_key_id,
                "secret_access_key": access.secret_access_key,
                "region": access.region,
                "checksum_algorithm": "sha256",
                **({} if endpoint is None else {"endpoint": endpoint}),
            },
            client_options={**CLIENT, "allow_http": endpoint is not None and endpoint.startswith("http://")},
            retry_config=NO_RETRY,
        )
    except (BaseError, ValueError) as error:
        raise InvalidStoreUrl(f"s3://{bucket}: {error}") from error
    name = f"s3://{bucket}" if endpoint is None else f"s3://{bucket} at {endpoint}"
    return BucketStore(store, name, timeout_s)
