"""What sellers owe, as finance sees it, and giving some of it up: two people agree, and the platform bears the loss.

A debt comes of refunds and chargebacks that a seller's balance did not cover, and later earnings pay it. Where none
will come, or the debt was not the seller's fault, it is written off: never more than is owed at that very moment.
"""

from dataclasses import dataclass

from marketplace.decisions.model import FINANCE, Amounts
from marketplace.decisions.ports import Recording
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.money import AMOUNT_MAX_MINOR, CURRENCIES
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Write
from marketplace.ledger.ports import Ledger
from marketplace.ledger.write_off import written_off
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.payouts.errors import PayeeMissing
from marketplace.payouts.ports import OpenDebts, Payees
from marketplace.staff.approvals import Approvals
from marketplace.staff.model import Proposal

WRITE_OFF = "debt.write_off"  # the kind of proposal


class NotSoMuchOwed(Conflict):
    """Nobody is forgiven more than they owe; earnings may have paid some of it since."""

    code = "not_so_much_owed"
    title_en = "The seller does not owe that much in this currency."
    title_es = "El vendedor no debe tanto en esta moneda."


class ForgivenMeanwhile(Conflict):
    """Some of it was given up since: two proposals of one thing are not both carried out."""

    code = "forgiven_meanwhile"
    title_en = "Another part of this debt was written off since this was proposed. Propose it again."
    title_es = "Desde que se propuso se condonó otra parte de esta deuda. Vuelve a proponerlo."


@dataclass(frozen=True, slots=True)
class Debt:
    """What a seller owes in one currency."""

    seller_id: str
    currency: str
    owed_minor: int


class WriteOffs:
    """Shows debts, proposes to write them off, and books it."""

    def __init__(
        self,
        *,
        clock: Clock,
        payees: Payees,
        debts: OpenDebts,
        ledger: Ledger,
        approvals: Approvals,
        outbox: Outbox,
        decisions: Recording,
    ) -> None:
        self._clock = clock
        self._payees = payees
        self._debts = debts
        self._ledger = ledger
        self._approvals = approvals
        self._outbox = outbox
        self._decisions = decisions

    def owed(self, seller_id: str) -> list[Debt]:
        """Return what a seller owes, by currency; what they do not owe is left out.

        Raises: PayeeMissing.
        """
        if self._payees.facts(seller_id) is None:
            raise PayeeMissing
        found = [Debt(seller_id, currency, self._debts.owed_minor(seller_id, currency)) for currency in CURRENCIES]
        return [each for each in found if each.owed_minor > 0]

    def propose(
        self, seller_id: str, currency: str, amount_minor: int, staff: Principal, reasons: str, once: str
    ) -> Proposal:
        """Propose to give up a part of a debt, or all of it; `once` names the attempt.

        Raises: Invalid; PayeeMissing; NotSoMuchOwed; Forbidden; OwnCase; ReasonsNeeded; ProposalDiffers.
        """
        if not 0 < amount_minor <= AMOUNT_MAX_MINOR:
            raise Invalid(fields={"amount_minor": f"1_to_{AMOUNT_MAX_MINOR}"})
        if currency not in CURRENCIES:
            raise Invalid(fields={"currency": "not_supported"})
        asked: dict[str, str | int] = {"currency": currency, "amount_minor": amount_minor}
        attempt = f"{staff.account_id}#{once}"
        known = self._approvals.repeated(
            kind=WRITE_OFF, subject=seller_id, asked=asked, principal=staff, reasons=reasons, once=attempt
        )
        if known is not None:
            return known
        self._check(seller_id, currency, amount_minor)
        return self._approvals.propose(
            kind=WRITE_OFF,
            subject=seller_id,
            facts=asked | {"forgiven_minor": self._debts.forgiven_minor(seller_id, currency)},
            principal=staff,
            reasons=reasons,
            once=attempt,
        )

    def approved(self, proposal: Proposal) -> list[Write]:
        """Return the writes of an approved one.

        Raises: PayeeMissing; NotSoMuchOwed when less is owed by now, and DebtMoved when it changes in between;
        ForgivenMeanwhile when some of it was given up since it was proposed.
        """
        seller_id, currency = proposal.subject, str(proposal.facts["currency"])
        amount_minor, now = int(proposal.facts["amount_minor"]), self._clock.now()
        self._check(seller_id, currency, amount_minor)
        # Planned before the look: what is given up between the two is seen by it, and later by the plan's condition.
        given_up = self._debts.forgive(seller_id, currency, amount_minor)
        self._check_not_forgiven(proposal, seller_id, currency)
        told = event(
            "seller.debt_written_off",
            proposal.proposal_id,
            now,
            seller_id=seller_id,
            currency=currency,
            amount_minor=amount_minor,
        )
        recorded = self._decisions.record(
            kind="debt.written_off",
            subject=seller_id,
            concerns=[seller_id],
            by=FINANCE,
            once=proposal.proposal_id,
            reasons=proposal.decision_reasons or proposal.reasons,
            amounts=Amounts(currency, seller_minor=amount_minor),
        )
        booked = written_off(proposal.proposal_id, seller_id, currency, amount_minor, now)
        return [
            self._ledger.book(booked),
            given_up,
            self._outbox.publish(told),
            *recorded,
        ]

    def _check(self, seller_id: str, currency: str, amount_minor: int) -> None:
        if self._payees.facts(seller_id) is None:
            raise PayeeMissing
        owed_minor = self._debts.owed_minor(seller_id, currency)
        if owed_minor < amount_minor:
            raise NotSoMuchOwed(owed_minor=max(0, owed_minor))

    def _check_not_forgiven(self, proposal: Proposal, seller_id: str, currency: str) -> None:
        forgiven_minor = self._debts.forgiven_minor(seller_id, currency)
        if int(proposal.facts.get("forgiven_minor", 0)) != forgiven_minor:
            raise ForgivenMeanwhile
