"""Where a caller is: believed from the edge that proves itself, and from nobody else."""

import hashlib
from typing import Any

import pytest

from marketplace.kit.origin import Origin
from marketplace.web.edge import Edge
from marketplace.web.incoming import Incoming

SECRET = "what the edge alone adds"
HASH = hashlib.sha256(SECRET.encode()).hexdigest()
PLACE = {
    "CloudFront-Viewer-Country": "ES",
    "CloudFront-Viewer-Latitude": "40.41680",
    "CloudFront-Viewer-Longitude": "-3.70380",
    "CloudFront-Viewer-Address": "198.51.100.10:46532",
}


def origin(edge: Edge, **headers: str) -> Origin:
    sent: dict[str, Any] = {"headers": {"User-Agent": "Firefox", **headers}}
    sent["requestContext"] = {"identity": {"sourceIp": "203.0.113.7"}}
    return edge.origin(Incoming.of(sent, None))


def test_the_edge_says_where_a_caller_is() -> None:
    found = origin(Edge(HASH), **PLACE, **{"Aval-Edge": SECRET})

    assert found == Origin("198.51.100.10", "Firefox", "ES", 40.4168, -3.7038)


@pytest.mark.parametrize("edge", [Edge(), Edge(""), Edge(HASH)], ids=["none", "empty", "another secret"])
@pytest.mark.parametrize("proof", [None, "", "guessed", HASH, "\ud800"])
def test_a_client_cannot_make_up_its_place_or_address(edge: Edge, proof: str | None) -> None:
    headers = PLACE | ({} if proof is None else {"Aval-Edge": proof})

    assert origin(edge, **headers) == Origin("203.0.113.7", "Firefox")


def test_while_the_secret_changes_both_are_good() -> None:
    edge = Edge(f" {'0' * 64} , {HASH.upper()} ")

    assert origin(edge, **PLACE, **{"Aval-Edge": SECRET}).country == "ES"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CloudFront-Viewer-Latitude", "91"),
        ("CloudFront-Viewer-Longitude", "-180.1"),
        ("CloudFront-Viewer-Latitude", "nan"),
        ("CloudFront-Viewer-Latitude", "1e2"),
        ("CloudFront-Viewer-Longitude", ""),
    ],
)
def test_half_a_place_is_none(name: str, value: str) -> None:
    found = origin(Edge(HASH), **PLACE | {name: value, "Aval-Edge": SECRET})

    assert (found.latitude, found.longitude, found.country) == (None, None, "ES")


@pytest.mark.parametrize("country", ["es", "ESP", "", "E1", "ñÑ"])
def test_what_is_no_country_is_left_out(country: str) -> None:
    assert origin(Edge(HASH), **PLACE | {"CloudFront-Viewer-Country": country, "Aval-Edge": SECRET}).country is None


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:7:8:9::1", "2001:db8:7::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        ("not an address", ""),
    ],
)
def test_an_address_is_kept_without_its_last_part(ip: str, network: str) -> None:
    assert Origin(ip).network == network


@pytest.mark.parametrize("viewer", ["2001:db8::9:46532", "[2001:db8::9]:46532"])
def test_the_edges_address_may_be_of_version_six(viewer: str) -> None:
    found = origin(Edge(HASH), **{"CloudFront-Viewer-Address": viewer, "Aval-Edge": SECRET})

    assert found.ip == "2001:db8::9"
