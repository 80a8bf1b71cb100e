"""The demo's pages: a password that is drawn for them, and where a browser finds them."""

from __future__ import annotations

import secrets

from edge.config.model import Config
from edge.config.network_addresses import board_addresses, page_addresses
from edge.demo.progress_screen import ProgressScreen
from edge.web.access.accounts import AccountFile
from edge.web.access.roles import STAFF


def set_passwords(config: Config) -> str:
    """Give every role the same password, drawn for this demo, and return it.

    Raises:
        OSError: The folder cannot be written.
    """
    password = secrets.token_urlsafe(9)
    for role in sorted(STAFF):
        AccountFile(config.web.state).set_password(role.value, role, password)
    return password


def show_addresses(config: Config, password: str, screen: ProgressScreen) -> None:
    """Print where the pages are, and the password."""
    here = f"https://localhost:{config.web.https_port}"
    board = f"http://localhost:{config.web.http_port}/board"
    screen.report(
        "demo.pages",
        console="\n  ".join([here, *page_addresses(config)]),
        board="\n  ".join([board, *board_addresses(config)]),
        names=", ".join(sorted(STAFF)),
        password=password,
    )
