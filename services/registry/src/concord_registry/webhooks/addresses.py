"""Where messages may go. A subscriber must not make us knock on doors inside our own network (SSRF).

The name is looked up for each attempt, every address it has is judged, and the attempt goes to the one judged: a name
that changes its mind between look-up and connection changes nothing. Redirects are not followed.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

HTTPS = 443
FIRST_UNPRIVILEGED = 1024


class AddressRefusedError(ValueError):
    """Nothing is sent there; says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address looked up: `ip` is where to connect, `host` whom to ask for there."""

    scheme: str
    host: str
    port: int
    ip: str
    path: str

    @property
    def pinned(self) -> str:
        """The URL with the address looked up in place of the name."""
        ip = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"{self.scheme}://{ip}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == HTTPS and self.scheme == "https" else f"{host}:{self.port}"


def checked(address: str, *, loopback: bool) -> tuple[str, str, int, str]:
    """(scheme, host, port, path) of an address that is written as it must be; AddressRefusedError where not."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise AddressRefusedError("is no address") from None
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not host or any(char.isspace() or char == "\\" for char in address):
        raise AddressRefusedError("is no address that begins with https://")
    try:
        host.encode("ascii")
        host.encode("idna")  # as the look-up does: no label empty or too long
    except UnicodeError:
        raise AddressRefusedError("names a host that cannot be looked up: write other letters as xn--...") from None
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefusedError("holds a user, a password or a fragment")
    if parts.scheme == "http" and not loopback:
        raise AddressRefusedError("must begin with https://")
    port = port or (HTTPS if parts.scheme == "https" else 80)
    if port != HTTPS and port < FIRST_UNPRIVILEGED:
        raise AddressRefusedError(f"names port {port}; 443, or 1024 and above, are taken")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port, path


def looked_up(address: str, *, loopback: bool) -> Target:
    """The address with an IP that may be called. AddressRefusedError, or OSError where the name cannot be looked up.

    Blocks: for a thread. `loopback` lets addresses of this machine through, for development; http goes only there.
    """
    scheme, host, port, path = checked(address, loopback=loopback)
    found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    for ip in sorted(found):
        _judge(ip, scheme, loopback=loopback)
    return Target(scheme, host, port, sorted(found)[0], path)


def _judge(written: str, scheme: str, *, loopback: bool) -> None:
    ip = ipaddress.ip_address(written.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    ip = inner or ip
    if ip.is_loopback and loopback:
        return
    site_local = getattr(ip, "is_site_local", False)  # fec0::/10, given up in 2004 and still routed inside
    if not ip.is_global or site_local or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        raise AddressRefusedError("leads to an address that is not public")
    if scheme != "https":
        raise AddressRefusedError("must begin with https://")
