"""Who writes the store's files, where it is root that runs (behaviour.md §9)."""

import os


def become_owner(directory: str) -> None:
    """As root, become the owner of the store (behaviour.md §9); nothing for anybody else."""
    if os.geteuid() == 0 and os.path.isdir(directory) and (owner := os.stat(directory)).st_uid != 0:
        os.setgroups([owner.st_gid])
        os.setgid(owner.st_gid)
        os.setuid(owner.st_uid)
