"""Where a request came from, as far as we may believe it."""

import ipaddress
from dataclasses import dataclass

IPV4_KEPT_BITS = 24  # of an address that is stored or shown: a neighbourhood, not a household
IPV6_KEPT_BITS = 48


@dataclass(frozen=True, slots=True)
class Origin:
    """The caller's address and program; a place only where a trusted edge told it (web/edge.py)."""

    ip: str
    user_agent: str = ""
    country: str | None = None  # ISO 3166-1 alpha-2
    latitude: float | None = None  # degrees, both or neither
    longitude: float | None = None

    @property
    def network(self) -> str:
        """The address without its last part, as in 203.0.113.0/24 or 2001:db8:7::/48; "" when it is none."""
        try:
            address = ipaddress.ip_address(self.ip)
        except ValueError:
            return ""
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        bits = IPV6_KEPT_BITS if isinstance(address, ipaddress.IPv6Address) else IPV4_KEPT_BITS
        return str(ipaddress.ip_network((address, bits), strict=False))
