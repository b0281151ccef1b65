"""A payout outside the calendar, which two people of finance agree on: less than the published minimum, or early.

It sends what no hold keeps back, as any payout does, and passes none of them: it only does not wait for its date, and
may be small. So nobody's last cents stay for ever. Its amount is what was there when it was proposed.
"""

from collections.abc import Mapping

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict
from marketplace.kit.money import AMOUNT_MAX_MINOR
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Write
from marketplace.payouts.errors import PayeeMissing
from marketplace.payouts.model import Payout, PayoutState, Purse, Standing
from marketplace.payouts.paying import Paying
from marketplace.payouts.ports import Holds, Payees, Payouts, Purses, StripePayouts
from marketplace.payouts.schedule import PUBLISHED, Calendar, interval_of
from marketplace.payouts.switch import KillSwitch
from marketplace.staff.approvals import Approvals
from marketplace.staff.model import Proposal

MANUAL = "payout.manual"  # the kind of proposal
# The least that Stripe sends, in minor units. Source: Stripe, "Minimum payout amounts".
LEAST_MINOR: Mapping[str, int] = {"eur": 100, "usd": 100, "gbp": 100, "jpy": 100}
_UNSENT = {PayoutState.OPEN, PayoutState.PARKED}


class NothingToSend(Conflict):
    """No hold lets as much go as a bank takes."""

    code = "nothing_to_pay_out"
    title_en = "Nothing of this balance can be paid out now: it is held, not cleared, or too little to send."
    title_es = "De este saldo no se puede pagar nada ahora: está retenido, sin liquidar o es demasiado poco."


class BalanceMoved(Conflict):
    """A payout began, or money came or went, since it was proposed."""

    code = "balance_moved"
    title_en = "The balance changed since this was proposed. Propose it again."
    title_es = "El saldo cambió desde que se propuso. Vuelve a proponerlo."


class PayoutsByHand:
    """Proposes and begins them."""

    def __init__(
        self,
        *,
        clock: Clock,
        purses: Purses,
        payouts: Payouts,
        holds: Holds,
        payees: Payees,
        paying: Paying,
        switch: KillSwitch,
        stripe: StripePayouts,
        approvals: Approvals,
        calendar: Calendar = PUBLISHED,
    ) -> None:
        self._clock = clock
        self._purses = purses
        self._payouts = payouts
        self._holds = holds
        self._payees = payees
        self._paying = paying
        self._switch = switch
        self._stripe = stripe
        self._approvals = approvals
        self._calendar = calendar

    def propose(self, seller_id: str, currency: str, staff: Principal, reasons: str) -> Proposal:
        """Propose to pay a balance out now, whatever its date.

        Raises: PayeeMissing; NothingToSend; Forbidden; OwnCase; ReasonsNeeded; Unavailable.
        """
        purse, standing = self._purses.purse(seller_id, currency)
        account_id = self._account(seller_id)
        payable_minor = self._payable(purse, standing)
        amount_minor = min(payable_minor, self._stripe.cleared_minor(account_id, currency)) if payable_minor else 0
        if amount_minor < LEAST_MINOR.get(currency, AMOUNT_MAX_MINOR):
            raise NothingToSend
        what: dict[str, str | int] = {"seller_id": seller_id, "currency": currency}
        facts = {**what, "amount_minor": amount_minor, "number": purse.number}
        return self._approvals.propose(
            kind=MANUAL, subject=seller_id, facts=facts, principal=staff, reasons=reasons, concerns=(seller_id,)
        )

    def approved(self, proposal: Proposal) -> list[Write]:
        """Return the writes that begin it, under the conditions of any payout.

        Raises: PayeeMissing; BalanceMoved; NothingToSend when it is held by now.
        """
        facts, now = proposal.facts, self._clock.now()
        seller_id, currency, amount_minor = str(facts["seller_id"]), str(facts["currency"]), int(facts["amount_minor"])
        purse, standing = self._purses.purse(seller_id, currency)
        account_id = self._account(seller_id)
        owes_no_more = self._paying.owes_no_more(seller_id, currency)
        if purse.number != facts["number"]:
            raise BalanceMoved
        if self._payable(purse, standing) < amount_minor:
            raise NothingToSend
        left_minor = purse.available_minor - amount_minor
        place = (seller_id, currency, purse.number, amount_minor, purse.brought_minor, left_minor, now)
        version = standing.holds_version
        payout = Payout(*place, stripe_account_id=account_id, gated=True, holds_version=version)
        rest = purse.at_stripe_minor - amount_minor
        due_at = self._calendar.next_date(interval_of(standing, now), now) if rest > 0 else None
        return [
            *self._payouts.begin(purse, payout, due_at),
            self._holds.unchanged(standing),
            *self._switch.checks(seller_id, currency),
            *self._payees.may_be_paid(seller_id, now),
            owes_no_more,
        ]

    def _payable(self, purse: Purse, standing: Standing) -> int:
        """Return what no hold keeps back; nothing while one keeps everything, or the last payout is not sent."""
        waiting = self._paying.waiting(purse.seller_id, purse.currency, standing)
        if waiting.blocked or not purse.is_sound or self._has_unsent(purse):
            return 0
        return max(0, min(purse.available_minor - waiting.held_minor, AMOUNT_MAX_MINOR))

    def _has_unsent(self, purse: Purse) -> bool:
        last = self._payouts.payout(purse.seller_id, purse.currency, purse.number - 1) if purse.number > 1 else None
        return last is not None and last.state in _UNSENT

    def _account(self, seller_id: str) -> str:
        facts = self._payees.facts(seller_id)
        if facts is None or facts.stripe_account_id is None:
            raise PayeeMissing
        return facts.stripe_account_id
