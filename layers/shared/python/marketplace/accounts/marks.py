"""Network addresses as keyed hashes: equal when the addresses are, and of no use to whoever steals the table."""

import hashlib
import hmac
import ipaddress


def mark_of(ip: str, key: str) -> str | None:
    """Return the hash of an address that says something about a person, else None.

    An IPv6 address counts by its /64, which is what one household has. Loopback and private addresses say nothing,
    and neither does what is no address. Without a key nothing is marked.
    """
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return None
    if not key or not address.is_global:
        return None
    whole = 64 if isinstance(address, ipaddress.IPv6Address) else 32
    network = ipaddress.ip_network((address, whole), strict=False)
    return hmac.new(key.encode(), str(network).encode(), hashlib.sha256).hexdigest()
