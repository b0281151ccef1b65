"""The devices that an account knows: listed for its owner, who may forget one that is sold, lost or not theirs."""

import re

from marketplace.accounts.admission import RACES_MAX, Caller
from marketplace.accounts.entry_ports import EntryStore
from marketplace.accounts.errors import DeviceMissing, HistoryMoved
from marketplace.accounts.history import KnownDevice
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Transactions
from marketplace.security.log import SecurityLog

DEVICE = "dev"
_DEVICE_ID = re.compile(rf"{DEVICE}_([0-9a-f]{{64}})")


class KnownDevices:
    """Reads and shortens the list that signing in keeps."""

    def __init__(self, *, clock: Clock, transactions: Transactions, entries: EntryStore, log: SecurityLog) -> None:
        self._clock = clock
        self._transactions = transactions
        self._entries = entries
        self._log = log

    def of(self, account_id: str) -> list[KnownDevice]:
        """List the devices whose failures strangers do not cause, the last used first; one read."""
        live = self._entries.history(account_id).live_devices(self._clock.now())
        return sorted(live, key=lambda device: device.last_at, reverse=True)

    def forget(self, account_id: str, wanted_id: str, *, origin: Origin) -> None:
        """Know a device no more: its next sign-in is a new device's. Its sessions go on; they are ended by themselves.

        Raises: DeviceMissing, also for somebody else's; Unavailable.
        """
        found = _DEVICE_ID.fullmatch(wanted_id)
        for _ in range(RACES_MAX):
            history = self._entries.history(account_id)
            device = history.known(found[1], self._clock.now()) if found else None
            if device is None:
                raise DeviceMissing
            noted = self._log.note(account_id, "device:forgotten", origin=origin)
            try:
                self._transactions.commit([self._entries.keep_history(history.without_device(device)), *noted])
            except HistoryMoved:
                continue  # somebody signed in at the same moment
            return
        raise Unavailable(retry_after_seconds=1)


def device_id(device: KnownDevice) -> str:
    """Name a device by the hash of its token, which opens nothing."""
    return f"{DEVICE}_{device.token_hash}"


def is_current(device: KnownDevice, caller: Caller) -> bool:
    """Tell whether the caller showed this device's token."""
    return device.token_hash == caller.device_hash
