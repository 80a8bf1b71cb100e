"""The user that a subcommand runs as: the service's, where root has started it and the service owns the state."""

from __future__ import annotations

import grp
import os
import pwd
import sys
from collections.abc import Iterable
from pathlib import Path

USER = "classroom-edge"


def become_service_user(state: Path) -> None:
    """Start this command again as the service's user, if root runs it and that user owns the folder ``state``.

    What it leaves then belongs to whom the service can read it from. Terminal and environment stay, but for the home
    folder. Does not return if it does so.

    Raises:
        OSError: the system refuses.
    """
    if os.geteuid() != 0:
        return
    try:
        service, owner = pwd.getpwnam(USER), state.stat().st_uid
    except (KeyError, FileNotFoundError):
        return
    if owner != service.pw_uid or owner == 0:
        return
    os.initgroups(USER, service.pw_gid)
    os.setresgid(service.pw_gid, service.pw_gid, service.pw_gid)
    os.setresuid(service.pw_uid, service.pw_uid, service.pw_uid)
    os.umask(0o027)
    # Executed anew, since a process that has changed its user may not look into its own /proc (proc(5), dumpable).
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**kept, "HOME": service.pw_dir, "USER": USER})


def unwritable(folders: Iterable[Path]) -> Path | None:
    """The first of these folders in which this user may not write; of one that is missing, the one above it counts."""
    for folder in folders:
        while not os.path.exists(folder) and folder != folder.parent:
            folder = folder.parent
        if not os.access(folder, os.W_OK | os.X_OK):
            return folder
    return None


def user_name() -> str:
    """The name of this process's user; the number where it has none."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def group_name(folder: Path) -> str:
    """The name of a folder's group, by which others may get in; the service's where that is no use."""
    try:
        group = grp.getgrgid(folder.stat().st_gid)
    except (KeyError, OSError):
        return USER
    return group.gr_name if group.gr_gid else USER
