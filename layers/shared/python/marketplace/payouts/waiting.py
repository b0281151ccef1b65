"""What holds a balance back at this moment, and whether a payout that was promised before still fits beside it."""

from collections import Counter
from dataclasses import dataclass

from marketplace.kit.clock import Clock
from marketplace.payouts.causes import of_account
from marketplace.payouts.dividing import clearing_holds, overlaid
from marketplace.payouts.model import Cause, Hold, Payout, Standing
from marketplace.payouts.ports import Debts, Holds, Payees, Purses
from marketplace.payouts.switch import KillSwitch

RESERVES_READ_MAX = 1_000  # reserved parts of one balance, those due first
CLEARING_READ_MAX = 1_000  # earnings of one balance that have not cleared; what is beyond, Stripe still keeps


@dataclass(frozen=True, slots=True)
class Waiting:
    """What holds a balance back now: everything, when `blocked`, else `held_minor` of it."""

    holds: tuple[Hold, ...]
    held_minor: int
    blocked: bool


class HeldBack:
    """Puts together every hold of a balance."""

    def __init__(
        self, *, clock: Clock, purses: Purses, holds: Holds, payees: Payees, debts: Debts, switch: KillSwitch
    ) -> None:
        self._clock = clock
        self._purses = purses
        self._holds = holds
        self._payees = payees
        self._debts = debts
        self._switch = switch

    def waiting(self, seller_id: str, currency: str, standing: Standing | None = None) -> Waiting:
        """Return every hold that covers this balance now, the account's own among them; reserves are not listed."""
        now = self._clock.now()
        placed = [each for each in self._holds.holds(seller_id) if each.covers(currency, now)]
        found = overlaid(placed, self._reserved(seller_id, currency) if any(map(_is_stop, placed)) else None)
        settles = (standing or self._purses.standing(seller_id)).settles
        if settles and currency not in settles:
            found.append(Hold(Cause.CURRENCY, "bank", currency=currency))
        found += of_account(self._payees.facts(seller_id), now)
        found += clearing_holds(self._purses.clearing(seller_id, currency, now, CLEARING_READ_MAX), found)
        owed_minor = self._debts.owed_minor(seller_id, currency)
        if owed_minor > 0:
            found.append(Hold(Cause.DEBT, "debt", amount_minor=owed_minor, currency=currency))
        stopped = self._switch.stopped_for(seller_id, currency)
        if stopped:
            found.append(Hold(Cause.KILL_SWITCH, stopped.scope, stopped.at))
        held_minor = sum(each.own_minor for each in found)
        return Waiting(tuple(found), held_minor, any(each.amount_minor is None for each in found))

    def _reserved(self, seller_id: str, currency: str) -> Counter[str]:
        """Return what the reserve keeps of each order; what is beyond the limit is held twice, never less."""
        reserved: Counter[str] = Counter()
        for part in self._purses.reserves(seller_id, currency, limit=RESERVES_READ_MAX):
            reserved[part.order_id] += part.amount_minor
        return reserved

    def against(self, payout: Payout) -> tuple[Hold | None, Standing]:
        """Return a hold that keeps a begun payout now, None when it fits, and the standing that this was read from.

        A stop is none: it is a condition of the leave itself, and the payout waits for its end.
        """
        purse, standing = self._purses.purse(payout.seller_id, payout.currency)
        waiting = self.waiting(payout.seller_id, payout.currency, standing)
        whole = [each for each in waiting.holds if each.amount_minor is None and each.cause is not Cause.KILL_SWITCH]
        if whole:
            return whole[0], standing
        # What it took is not in the balance any more: all that is held must find place in the rest.
        parts = [each for each in waiting.holds if each.amount_minor]
        fits = purse.available_minor >= waiting.held_minor
        return (None if fits else next(iter(parts), Hold(Cause.DEBT, "debt"))), standing


def _is_stop(hold: Hold) -> bool:
    return hold.cause is Cause.KILL_SWITCH and hold.order_id is not None
