"""Opening of a store by its URL."""

from __future__ import annotations

from pathlib import Path

from drivers.address import Address, InvalidAddress
from pipelines.delivery.errors import InvalidStoreUrl
from pipelines.delivery.folder_store import FolderStore
from pipelines.delivery.interfaces import Store
from pipelines.delivery.s3_access import S3Access


def open_store(url: str, access: S3Access | None = None, timeout_s: float = 30.0) -> Store:
    """Return the store at ``file:///folder`` or ``s3://bucket[/prefix]``.

    ``timeout_s`` is how long a server may take to answer, besides the time for the bytes themselves. Nothing is
    asked of the store yet: one that is away or refuses shows when it is used.

    Raises:
        InvalidStoreUrl: the URL or the access to it is wrong in itself.
    """
    try:
        address = Address.parse(url, ("file", "s3"))
    except InvalidAddress as error:
        raise InvalidStoreUrl(str(error)) from error
    if address.scheme == "s3":
        return _open_bucket(address.host, address.path.strip("/"), access, timeout_s)
    if not address.file_path.startswith("/"):
        raise InvalidStoreUrl("the path of a folder follows file://, such as file:///srv/lessons")
    return FolderStore(Path(address.file_path))


def _open_bucket(bucket: str, prefix: str, access: S3Access | None, timeout_s: float) -> Store:
    if access is None:
        raise InvalidStoreUrl(f"s3://{bucket} needs an access key and its secret")
    # Their HTTP client is a fifth of what a process imports, and nothing before the first lesson needs it.
    from pipelines.delivery.s3_client import S3Client
    from pipelines.delivery.s3_store import BucketStore

    try:
        return BucketStore(S3Client(bucket, prefix, access, timeout_s))
    except ValueError as error:
        raise InvalidStoreUrl(f"s3://{bucket}: {error}") from error
