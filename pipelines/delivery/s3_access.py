"""Where a bucket is, and by what credentials it is reached."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class S3Access:
    """Credentials and place of a bucket; ``endpoint`` is None for Amazon's own, a URL for any other server."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    endpoint: str | None = None
    region: str = "us-east-1"
