"""The object store that the config names, opened."""

from __future__ import annotations

from edge.config import export_settings
from pipelines.delivery.interfaces import Store
from pipelines.delivery.open_store import open_store
from pipelines.delivery.s3_access import S3Access


def configured_store(config: export_settings.StoreConfig) -> Store | None:
    """Open the configured store; None if nothing may leave the room.

    Raises:
        InvalidStoreUrl: the address is not that of a store.
    """
    if not config.url:
        return None
    access = None
    if config.access_key:
        access = S3Access(
            config.access_key,
            config.secret_key.get_secret_value(),
            config.endpoint or None,
            config.region or "us-east-1",
        )
    return open_store(config.url, access)
