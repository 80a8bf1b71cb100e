"""Trial for ``check``: the clients of store and LRS are built as the controller builds them; nothing is sent."""

from __future__ import annotations

import pwd
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from drivers.address import mask_addresses
from edge.config.model import Config
from edge.config.problems import ConfigProblem
from edge.config.store import configured_store
from edge.i18n import foreign_sentence, lazy_message
from edge.reporting import lrs_sender
from pipelines.delivery.errors import InvalidStoreUrl

SERVICE_USER: Final = "classroom-edge"


def client_problems(config: Config) -> Iterator[ConfigProblem]:
    """Yield what the libraries of store and LRS refuse, which would otherwise show when they are first used."""
    try:
        configured_store(config.store)
    except InvalidStoreUrl as error:
        yield _refused("store.url", error)
    if config.lrs.url:
        try:
            lrs_sender.statements_url(config.lrs)
            lrs_sender.request_headers(config.lrs)
        except ValueError as error:
            yield _refused("lrs", error)


def unreadable_files(files: list[Path], user: str = SERVICE_USER) -> list[ConfigProblem]:
    """What the services' user may not read of the config, where there is such a user and this process is root.

    To be asked by root only, who may read everything.
    """
    try:
        account = pwd.getpwnam(user)
    except KeyError:
        return []
    groups = _groups(account)
    found = lazy_message("config.unreadable-for", user=user)
    allowed = lazy_message("config.readable-for", user=user)
    return [
        ConfigProblem(str(file), found, allowed, file=file)
        for file in files
        if file.exists() and not _may_read(file.absolute(), account, groups)
    ]


def _groups(account: pwd.struct_passwd) -> list[int]:
    listed = subprocess.run(["id", "-G", account.pw_name], capture_output=True, text=True, check=False).stdout
    return [int(one) for one in listed.split()] or [account.pw_gid]


def _may_read(file: Path, account: pwd.struct_passwd, groups: list[int]) -> bool:
    tried = subprocess.run(
        ["/usr/bin/test", "-r", file], user=account.pw_uid, group=account.pw_gid, extra_groups=groups, check=False
    )
    return tried.returncode == 0


def _refused(path: str, error: Exception) -> ConfigProblem:
    rule = foreign_sentence(mask_addresses(str(error).partition("\n")[0]))
    return ConfigProblem(path, lazy_message("config.refused", rule=rule), lazy_message("config.sense"))
