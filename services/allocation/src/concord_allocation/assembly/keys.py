"""Stable keys of what the assembly makes itself."""

import hashlib

KEY_LENGTH = 80


def joined_key(*parts: str) -> str:
    """`parts` with dots between them; too long a key ends in a digest of the whole, so that two never become one."""
    key = ".".join(parts)
    if len(key) <= KEY_LENGTH:
        return key
    return f"{key[: KEY_LENGTH - 13]}.{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def line_key(line: str) -> str:
    """The problem's key of a reference line: `ccg-02A/lung/follow_up` becomes `ccg-02A.lung.follow_up`."""
    return line.replace("/", ".")
