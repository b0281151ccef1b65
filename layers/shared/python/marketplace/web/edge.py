"""Which proxy in front of the API is believed when it says where a caller is.

A client can send any header. Those of the edge count only beside the secret that the edge alone adds (CloudFront calls
it a custom origin header); a function knows the secret's SHA-256 and no more, which opens nothing to whoever reads it.
Without a configured edge there are no places, and the address is the gateway's own view of the connection.
"""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Mapping

from marketplace.kit.origin import Origin
from marketplace.web.incoming import Incoming

PROOF_HEADER = "aval-edge"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html
ADDRESS_HEADER = "cloudfront-viewer-address"  # address:port
COUNTRY_HEADER = "cloudfront-viewer-country"
LATITUDE_HEADER = "cloudfront-viewer-latitude"
LONGITUDE_HEADER = "cloudfront-viewer-longitude"
USER_AGENT_LENGTH_MAX = 512  # characters

_COUNTRY = re.compile(r"[A-Z]{2}")
_DEGREES = re.compile(r"-?\d{1,3}(\.\d{1,10})?")


class Edge:
    """Reads origins, and places where the edge proves itself."""

    def __init__(self, secret_hashes: str = "") -> None:
        """Take the SHA-256 of the edge's secret in hexadecimal, several with commas during a rotation, or nothing."""
        self._hashes = tuple(part.strip().lower() for part in secret_hashes.split(",") if part.strip())

    def origin(self, incoming: Incoming) -> Origin:
        """Return where the request came from; places that cannot be one are left out."""
        headers = incoming.headers
        user_agent = headers.get("user-agent", "")[:USER_AGENT_LENGTH_MAX]
        if not self._is_trusted(headers.get(PROOF_HEADER, "")):
            return Origin(incoming.ip, user_agent)
        latitude, longitude = _degrees(headers, LATITUDE_HEADER, 90), _degrees(headers, LONGITUDE_HEADER, 180)
        placed = latitude is not None and longitude is not None
        country = headers.get(COUNTRY_HEADER, "")
        return Origin(
            ip=_address(headers.get(ADDRESS_HEADER, "")) or incoming.ip,
            user_agent=user_agent,
            country=country if _COUNTRY.fullmatch(country) else None,
            latitude=latitude if placed else None,
            longitude=longitude if placed else None,
        )

    def _is_trusted(self, secret: str) -> bool:
        if not self._hashes or not secret:
            return False
        given = hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
        return any(hmac.compare_digest(given, known) for known in self._hashes)


def _address(viewer: str) -> str:
    host = viewer.rpartition(":")[0].strip("[]")  # an IPv6 address stands there without brackets
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ""


def _degrees(headers: Mapping[str, str], name: str, most: int) -> float | None:
    text = headers.get(name, "")
    if not _DEGREES.fullmatch(text):
        return None
    degrees = float(text)
    return degrees if abs(degrees) <= most else None
