"""The config as the web process may know it: a file beside the socket of the pages, written at each start."""

from __future__ import annotations

from edge.config.dump import masked_toml
from edge.config.model import Config
from edge.link.socket_paths import PAGES
from pipelines.files.durable import write_atomically

NAME = "config.toml"
# The web process has nothing to do with what leaves the room.
_LEFT_OUT = ("store", "lrs")


def write_page_config(config: Config) -> None:
    """Write the file where there are pages; systemd starts the web process with it. Where there are none it goes away.

    Raises:
        OSError: The folder of the sockets cannot be used.
    """
    file = (config.paths.run / PAGES).with_name(NAME)
    if not config.web.enabled:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(exist_ok=True)
    write_atomically(file, masked_toml(config, _LEFT_OUT).encode())
