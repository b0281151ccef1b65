"""The edge in front of the local API: whoever sends its secret may say where a caller is, as CloudFront does."""

import hashlib

EDGE_SECRET = "the local edge"  # noqa: S105 - of a cloud on loopback
EDGE_SECRET_SHA256 = hashlib.sha256(EDGE_SECRET.encode()).hexdigest()


def edge_headers(country: str, latitude: float, longitude: float, address: str = "203.0.113.7") -> dict[str, str]:
    """Return what the edge would add to a request of somebody who is there."""
    return {
        "Aval-Edge": EDGE_SECRET,
        "CloudFront-Viewer-Address": f"{address}:46532",
        "CloudFront-Viewer-Country": country,
        "CloudFront-Viewer-Latitude": f"{latitude:.5f}",
        "CloudFront-Viewer-Longitude": f"{longitude:.5f}",
    }
