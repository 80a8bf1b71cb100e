"""AWS Signature Version 4 of a request to S3.

Source: Amazon S3 API Reference, "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)".
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Whose signature it is, and for which region's S3."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    region: str


def signed_headers(
    method: str, path: str, query: str, headers: Mapping[str, str], body_sha256: str, key: SigningKey, wall_ns: int
) -> dict[str, str]:
    """Return the headers with the signature added: all of them are signed, so ``Host`` must be among them.

    ``path`` and ``query`` are percent-encoded as they are sent; ``body_sha256`` is in hex, ``wall_ns`` Unix time.
    """
    at = datetime.fromtimestamp(wall_ns // 10**9, UTC).strftime("%Y%m%dT%H%M%SZ")
    sent = {**headers, "x-amz-content-sha256": body_sha256, "x-amz-date": at}
    canonical = {name.lower(): " ".join(value.split()) for name, value in sent.items()}
    names = ";".join(sorted(canonical))
    lines = "".join(f"{name}:{canonical[name]}\n" for name in sorted(canonical))
    request = "\n".join((method, path, query, lines, names, body_sha256))
    scope = f"{at[:8]}/{key.region}/s3/aws4_request"
    to_sign = "\n".join((_ALGORITHM, at, scope, hashlib.sha256(request.encode()).hexdigest()))
    derived = f"AWS4{key.secret_access_key}".encode()
    for part in scope.split("/"):
        derived = _hmac(derived, part)
    signature = _hmac(derived, to_sign).hex()
    sent["Authorization"] = (
        f"{_ALGORITHM} Credential={key.access_key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return sent


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
