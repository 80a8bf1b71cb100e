"""What an error answer of an S3 server means: its status and code, as one of our errors."""

from __future__ import annotations

import re

from pipelines.delivery.errors import (
    StoreBucketWrong,
    StoreClockWrong,
    StoreCorrupt,
    StoreError,
    StoreFailed,
    StoreFull,
    StoreRefused,
    StoreUnreachable,
    StoreUnsupported,
)

# Error codes of S3 (Amazon S3 API Reference, "Error responses"), MinIO and Alibaba OSS. A code that is not here is
# judged by the HTTP status.
_BY_CODE: dict[str, type[StoreError]] = {
    "RequestTimeTooSkewed": StoreClockWrong,
    "RequestExpired": StoreClockWrong,
    "AccessDenied": StoreRefused,
    "AccountProblem": StoreRefused,
    "AllAccessDisabled": StoreRefused,
    "ExpiredToken": StoreRefused,
    "InvalidAccessKeyId": StoreRefused,
    "InvalidToken": StoreRefused,
    "SignatureDoesNotMatch": StoreRefused,
    "AuthorizationHeaderMalformed": StoreBucketWrong,
    "InvalidBucketName": StoreBucketWrong,
    "NoSuchBucket": StoreBucketWrong,
    "PermanentRedirect": StoreBucketWrong,
    "SecondLevelDomainForbidden": StoreBucketWrong,
    "TemporaryRedirect": StoreBucketWrong,
    "QuotaExceeded": StoreFull,
    "InsufficientStorage": StoreFull,
    "ServiceQuotaExceeded": StoreFull,
    "XMinioStorageFull": StoreFull,
    "XMinioAdminBucketQuotaExceeded": StoreFull,
    "BadDigest": StoreCorrupt,
    "InvalidDigest": StoreCorrupt,
    "XAmzContentChecksumMismatch": StoreCorrupt,
    "XAmzContentSHA256Mismatch": StoreCorrupt,
    "SlowDown": StoreUnreachable,
    "ServiceUnavailable": StoreUnreachable,
    "RequestTimeout": StoreUnreachable,
}
_BY_STATUS: dict[int, type[StoreError]] = {
    401: StoreRefused,
    403: StoreRefused,
    404: StoreBucketWrong,
    408: StoreUnreachable,
    429: StoreUnreachable,
    503: StoreUnreachable,
    504: StoreUnreachable,
    507: StoreFull,
}
_ADVICE: dict[type[StoreError], str] = {
    StoreUnreachable: "the store cannot take it now",
    StoreFailed: "the store reports an error of its own; look at the server",
    StoreRefused: "the store refuses us; check access key, secret and the key's rights",
    StoreBucketWrong: "no such bucket there; check bucket, region and endpoint",
    StoreUnsupported: "the server does not understand this request; is it an S3 store?",
    StoreClockWrong: "this box's clock is wrong; check that it reaches a time server",
    StoreFull: "the store has no room left; make room or raise the quota",
    StoreCorrupt: "the bytes changed on their way; check the network",
}
# What these say holds for every object; the rest may be about one alone.
_ALWAYS_ABOUT_ALL = frozenset({StoreBucketWrong, StoreClockWrong, StoreFull, StoreUnreachable})
_ABOUT_THE_KEY = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"})


def error_code(body: str) -> str:
    """The error code in the answer of an S3 server, "" where there is none."""
    found = re.search(r"<Code>\s*(\w+)\s*</Code>", body)
    return found[1] if found else ""


def store_error(store: str, what: str, status: int, code: str) -> StoreError:
    """The error of an answer with this HTTP status and S3 error code, about the object ``what``."""
    kind = _BY_CODE.get(code) or _BY_STATUS.get(status) or _by_class(status)
    is_about_object = kind not in _ALWAYS_ABOUT_ALL and code not in _ABOUT_THE_KEY
    about = f" for {what}" if is_about_object else ""
    return kind(f"{store}: {_ADVICE[kind]} ({code or f'HTTP {status}'}{about})", is_about_object=is_about_object)


def _by_class(status: int) -> type[StoreError]:
    if status == 501:
        return StoreUnsupported
    if status >= 500:
        return StoreFailed
    return StoreBucketWrong if status < 400 else StoreUnsupported
