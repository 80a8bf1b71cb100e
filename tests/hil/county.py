"""The county's side of the store: what has arrived there is taken out and looked at, far from the box."""

from __future__ import annotations

from pathlib import Path

import obstore
from obstore.store import S3Store
from seaweed import BUCKET, Seaweed


def download(server: Seaweed, prefix: str, folder: Path) -> Path:
    """Copy everything below ``prefix`` into ``folder``, by a client that knows nothing of the product."""
    bucket = S3Store(
        BUCKET,
        endpoint=server.admin.endpoint,
        access_key_id=server.admin.access_key_id,
        secret_access_key=server.admin.secret_access_key,
        region="us-east-1",
        client_options={"allow_http": True},
    )
    for found in (item for page in obstore.list(bucket, prefix) for item in page):
        file = folder / found["path"].removeprefix(f"{prefix}/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(obstore.get(bucket, found["path"]).bytes()))
    return folder
