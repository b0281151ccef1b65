"""Fields that several kinds of object have: metadata, addresses, shipping."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from infra.local.stripe.errors import Json
from infra.local.stripe.params import Each, Flag, Hash, Kind, Text

ADDRESS = Hash(
    fields={name: Text(unset=True) for name in ("city", "country", "line1", "line2", "postal_code", "state")},
    unset=True,
)

SHIPPING = Hash(
    fields={
        "address": replace(ADDRESS, required=True, unset=False),
        "carrier": Text(unset=True),
        "name": Text(required=True),
        "phone": Text(unset=True),
        "tracking_number": Text(unset=True),
    },
    unset=True,
)


def merged_metadata(current: dict[str, str], given: dict[str, str] | None) -> Json:
    """Return metadata after a change: an empty value drops its key, None drops all."""
    if given is None:
        return {}
    return {k: v for k, v in {**current, **given}.items() if v != ""}


def new_metadata(params: Json) -> Json:
    """Return the metadata of an object being created."""
    return merged_metadata({}, params.get("metadata"))


def assign(target: Json, params: Json, names: Iterable[str]) -> None:
    """Copy the given parameters onto an object, leaving the absent ones alone."""
    for name in names:
        if name in params:
            target[name] = params[name]
    if "metadata" in params:
        target["metadata"] = merged_metadata(target["metadata"], params["metadata"])


def empty_list(url: str) -> Json:
    """Return a list object with nothing in it."""
    return {"object": "list", "data": [], "has_more": False, "url": url}


def full_address(given: Json | None) -> Json | None:
    """Return an address with every line present, as answers show it."""
    if given is None:
        return None
    return {name: given.get(name) for name in ADDRESS.fields}


def full_shipping(given: Json | None) -> Json | None:
    """Return a shipping block with every field present."""
    if given is None:
        return None
    shown: dict[str, Any] = {name: given.get(name) for name in SHIPPING.fields}
    shown["address"] = full_address(given["address"])
    return shown


CAPABILITIES: Kind = Each(of=Hash(fields={"requested": Flag()}))
