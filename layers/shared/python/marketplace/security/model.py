"""One line of an account's own security log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from marketplace.kit.errors import Conflict

ENTRY = "sec"
KEPT_SECONDS = 400 * 86_400  # a year, and the time to notice what happened in it
NOBODY_KEPT_SECONDS = 3_600  # of what was tried on an address without an account
NOBODY_PREFIX = "nobody#"
NOBODY_EVENT = "account.nobody"  # of the same size as the one that would be told to somebody; no template knows it


class AlreadyNoted(Conflict):
    """The same fact stands in the log: whoever notes it again is repeating finished work."""

    code = "already_noted"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that concerned the safety of an account."""

    account_id: str
    entry_id: str
    kind: str  # subject:action, of kinds.py
    at: datetime
    network: str = field(default="", repr=False)  # the address without its last part
    device: str = field(default="", repr=False)  # what the program called itself
    country: str | None = field(default=None, repr=False)
    session_id: str | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)  # ids, whole numbers and short codes
    by_stranger: bool = False  # perhaps: written without the person's key

    @property
    def expires_at(self) -> datetime:
        """When it is forgotten; every read checks it, whatever the table has or has not removed."""
        known = not self.account_id.startswith(NOBODY_PREFIX)
        return self.at + timedelta(seconds=KEPT_SECONDS if known else NOBODY_KEPT_SECONDS)
