"""What a browser may do with an answer: the headers of all of them."""

from __future__ import annotations

from aiohttp import hdrs, web

CONTENT_SECURITY_POLICY = "Content-Security-Policy"

# No HSTS: with it a browser refuses a certificate of the box's own for good.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # With no-referrer the browser would not say the Origin of a form either.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    hdrs.SERVER: "classroom-edge",
}


def content_security_policy(framed_by: str = "'none'") -> str:
    """What a page may load, and which pages may have it in a frame: a source of CSP's ``frame-ancestors``."""
    return (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none';"
        f" form-action 'self'; frame-ancestors {framed_by}"
    )


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Give the answer those that it has not got from its handler."""
    response.headers.setdefault(CONTENT_SECURITY_POLICY, content_security_policy())
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.secure:
        # Browsers heed it only over TLS, and complain otherwise.
        del response.headers["Cross-Origin-Opener-Policy"]
