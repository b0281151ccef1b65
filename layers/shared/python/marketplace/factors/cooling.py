"""Payout cooling: after what a thief would change first, the owner has three days to notice before money leaves."""

from datetime import timedelta

from marketplace.accounts.ports import Accounts
from marketplace.kit.clock import Clock
from marketplace.kit.writes import Write

COOLING = timedelta(hours=72)


class Cooling:
    """Begins it; whoever pays out asks `directory.payouts_after`."""

    def __init__(self, *, clock: Clock, accounts: Accounts, length: timedelta = COOLING) -> None:
        self._clock = clock
        self._length = length
        self._accounts = accounts

    def begin(self, account_id: str, cause: str) -> list[Write]:
        """Hold payouts from now on; `cause` is a kind of the security log, such as `totp:removed`.

        The write is on an item of its own: it may join a transaction that changes the account.
        """
        return [self._accounts.cool(account_id, self._clock.now() + self._length, cause)]
