"""The PDF of a report's HTML, by WeasyPrint: it loads Pango, and is imported where a PDF is made, nowhere else."""

from __future__ import annotations

from weasyprint import HTML
from weasyprint.urls import URLFetcher


def pdf_of_html(page: str) -> bytes:
    """The page as a PDF; nothing but data URIs is fetched for it."""
    fetcher = URLFetcher(allowed_protocols=["data"])
    return bytes(HTML(string=page, url_fetcher=fetcher).write_pdf() or b"")
