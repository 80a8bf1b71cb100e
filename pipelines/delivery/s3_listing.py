"""A page of an S3 server's answer to ListObjectsV2 (Amazon S3 API Reference), with the folders in it."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass(frozen=True, slots=True)
class ListingPage:
    """The common prefixes, and the token with which the next page is asked for; "" where this was the last."""

    folders: tuple[str, ...]
    following: str


def parse_listing(text: bytes) -> ListingPage:
    """Read a page, whatever its XML namespace.

    Raises:
        ValueError: it is no such answer.
    """
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from error
    if root.tag.rpartition("}")[2] != "ListBucketResult":
        raise ValueError(root.tag)
    folders = tuple(one.text or "" for one in root.iterfind("{*}CommonPrefixes/{*}Prefix"))
    return ListingPage(folders, root.findtext("{*}NextContinuationToken") or "")
