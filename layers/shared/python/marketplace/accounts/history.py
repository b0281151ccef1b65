"""What an account remembers of its sign-ins: the devices it knows, the countries, and the last place.

Devices stand open, as hashes of random tokens: whether one is known decides which counters an attempt meets, before
anything of the account is looked at. Places are personal and open only after the password was right.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.origin import Origin
from marketplace.security.risk import Sighting

NOBODY = "acc_" + "0" * 26  # an account that no address leads to: read in place of one that is not there
DEVICES_MAX = 20  # the longest unused is forgotten first
DEVICE_KEPT_SECONDS = 180 * 86_400  # since its last sign-in
COUNTRIES_MAX = 30  # the earliest is forgotten first


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A browser or app that holds the token of this hash."""

    token_hash: str
    first_at: datetime
    last_at: datetime

    def is_live(self, now: datetime) -> bool:
        """Tell whether it still counts as known."""
        return now < self.last_at + timedelta(seconds=DEVICE_KEPT_SECONDS)


@dataclass(frozen=True, slots=True)
class History:
    """One account's, as it is stored; `revision` is 0 before the first sign-in."""

    account_id: str
    revision: int = 0
    devices: str = "[]"  # JSON
    places: str = "{}"  # JSON, sealed at rest

    @property
    def is_empty(self) -> bool:
        return self.revision == 0

    def known(self, token_hash: str | None, now: datetime) -> KnownDevice | None:
        """Return the device of this hash, if it is still known."""
        return next((each for each in self._devices() if each.token_hash == token_hash and each.is_live(now)), None)

    @property
    def countries(self) -> frozenset[str]:
        return frozenset(self._places().get("countries", ()))

    @property
    def last(self) -> Sighting | None:
        """Return the last sign-in's place; None before the first."""
        found = self._places().get("last")
        return Sighting(**found | {"at": from_text(found["at"])}) if found else None

    def after(self, here: Sighting, token_hash: str) -> "History":
        """Return the history with one sign-in more."""
        old = self.known(token_hash, here.at)
        mine = KnownDevice(token_hash, old.first_at if old else here.at, here.at)
        others = [each for each in self._devices() if each.is_live(here.at) and each.token_hash != token_hash]
        others.sort(key=lambda each: each.last_at, reverse=True)
        return replace(
            self,
            revision=self.revision + 1,
            devices=_devices_text([mine, *others[: DEVICES_MAX - 1]]),
            places=_places_text(self._places(), here),
        )

    def without_devices(self, *, but: str | None = None) -> "History":
        """Return the history with every device forgotten, or all but the one of this hash."""
        kept = [each for each in self._devices() if each.token_hash == but]
        return replace(self, revision=self.revision + 1, devices=_devices_text(kept))

    def without_device(self, device: KnownDevice) -> "History":
        """Return the history with one device forgotten."""
        kept = [each for each in self._devices() if each != device]
        return replace(self, revision=self.revision + 1, devices=_devices_text(kept))

    def live_devices(self, now: datetime) -> list[KnownDevice]:
        """Return the devices that still count as known."""
        return [each for each in self._devices() if each.is_live(now)]

    def _devices(self) -> list[KnownDevice]:
        return [KnownDevice(name, from_text(first), from_text(last)) for name, first, last in json.loads(self.devices)]

    def _places(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.places)
        return found


def sighting(origin: Origin, at: datetime) -> Sighting:
    """Keep of a place what travel is judged by: a tenth of a degree, some eleven kilometres."""
    if origin.latitude is None or origin.longitude is None:
        return Sighting(at, origin.country)
    return Sighting(at, origin.country, round(origin.latitude, 1), round(origin.longitude, 1))


def nobodys_devices(now: datetime) -> str:
    """Return what stands for a usual list of devices."""
    return _devices_text([KnownDevice("0" * 64, now, now)])


def _devices_text(devices: list[KnownDevice]) -> str:
    rows = [(each.token_hash, to_text(each.first_at), to_text(each.last_at)) for each in devices]
    return json.dumps(rows, separators=(",", ":"))


def _places_text(before: Mapping[str, Any], here: Sighting) -> str:
    countries = [each for each in before.get("countries", ()) if each != here.country]
    if here.country is not None:
        countries.append(here.country)
    last = {
        "at": to_text(here.at),
        "country": here.country,
        "latitude": here.latitude,
        "longitude": here.longitude,
    }
    return json.dumps({"countries": countries[-COUNTRIES_MAX:], "last": last}, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Entrance:
    """Everything that an attempt to sign in is judged by, as one read found it."""

    history: History
    failures: int = 0  # in succession with this address, on devices that are not known
    recent: int = 0  # of them in the present window
    failing_at_address: int = 0  # accounts that failed from this address within the hour
    failing_in_network: int = 0
    nobody_is_there: bool = True  # what is read in place of an account that is not
