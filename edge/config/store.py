"""The store that a config names, opened."""

from __future__ import annotations

from edge.config import export_settings
from pipelines.delivery.interfaces import Store
from pipelines.delivery.open_store import S3Access, open_store


def store(config: export_settings.StoreConfig) -> Store | None:
    """Where lessons are copied to; None where nothing leaves the room. BadStoreUrl."""
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
