"""A payout's leave: noted right before its one call, divided anew where holds came or went since it began."""

from dataclasses import replace

from marketplace.accounts.errors import PayeeMoved
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.kit.writes import Transactions
from marketplace.payouts.errors import CurrencyWaits, HoldMoved, PayoutHeld
from marketplace.payouts.model import Cause, Payout, Standing
from marketplace.payouts.ports import Gate, Payouts
from marketplace.payouts.waiting import HeldBack


class LettingGo:
    """Notes leaves."""

    def __init__(
        self, *, clock: Clock, transactions: Transactions, payouts: Payouts, gate: Gate, held_back: HeldBack
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._payouts = payouts
        self._gate = gate
        self._held_back = held_back

    def note(self, payout: Payout) -> None:
        """Note that the call may be made, under the conditions of any.

        Raises: PaymentsStopped; PayoutHeld or CurrencyWaits when a hold came; PayoutMoved; Unavailable.
        """
        try:
            self._commit(payout)
        except (HoldMoved, PayeeMoved):
            self._note_anew(self._divided_anew(payout))

    def _note_anew(self, payout: Payout) -> None:
        try:
            self._commit(payout)
        except (HoldMoved, PayeeMoved):
            raise Unavailable(retry_after_seconds=1) from None  # again while it was looked at

    def _commit(self, payout: Payout) -> None:
        divided_by = Standing(payout.seller_id, holds_version=payout.holds_version or 0)
        leave = self._gate.checks_of_payout(payout.currency, divided_by)
        self._tx.commit([self._payouts.let_go(payout, self._clock.now()), *leave])

    def _divided_anew(self, payout: Payout) -> Payout:
        """Return the payout as the holds that stand now let it go.

        Raises: PayoutHeld, or CurrencyWaits, when they do not.
        """
        held, standing = self._held_back.against(payout)
        if held is not None:
            raise CurrencyWaits if held.cause is Cause.CURRENCY else PayoutHeld
        return replace(payout, holds_version=standing.holds_version)
