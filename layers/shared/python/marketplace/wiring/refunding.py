"""Money back: refunds, what sellers owe, and the mechanism by which money leaves."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.balances import Balances

if TYPE_CHECKING:
    from marketplace.payments.bank_turns import BankTurns
    from marketplace.payments.beside import Beside
    from marketplace.payments.clawback import Clawbacks
    from marketplace.payments.collecting import Collecting
    from marketplace.payments.corrections import Corrections
    from marketplace.payments.desk import IntentDesk
    from marketplace.payments.intents import Intents
    from marketplace.payments.overtaken import Overtaken
    from marketplace.payments.refund_costs import RefundCosts
    from marketplace.payments.refund_legs import RefundLegs
    from marketplace.payments.refund_store import DynamoRefunds
    from marketplace.payments.refunds import Refunds
    from marketplace.payments.sellers_part import SellersParts
    from marketplace.payments.unclaimed import UnclaimedMoney
    from marketplace.payments.unclaimed_store import DynamoUnclaimed
    from marketplace.staff.ports import Effect


class Refunding(Balances):
    """Money back: refunds, what sellers owe, and the mechanism by which money leaves."""

    @cached_property
    def refund_store(self) -> "DynamoRefunds":
        from marketplace.payments.refund_store import DynamoRefunds

        return DynamoRefunds()

    @cached_property
    def intents(self) -> "Intents":
        from marketplace.payments.intents import Intents

        return Intents(
            clock=self.clock, transactions=self.transactions, payments=self.payment_store, stripe=self.stripe
        )

    @cached_property
    def refund_costs(self) -> "RefundCosts":
        from marketplace.payments.refund_costs import RefundCosts

        return RefundCosts(payments=self.payment_store, ledger=self.ledger)

    @cached_property
    def refunds(self) -> "Refunds":
        from marketplace.payments.given_store import DynamoGiven
        from marketplace.payments.refund_plan import RefundPlan
        from marketplace.payments.refunds import Refunds

        plan = RefundPlan(
            orders=self.order_store,
            mover=self.mover,
            payments=self.payment_store,
            refunds=self.refund_store,
            debts=self.debts,
            ledger=self.ledger,
            outbox=self.outbox,
            costs=self.refund_costs,
            purses=self.payout_table,
            parts=self.sellers_parts,
            unclaimed=self.unclaimed_store,
        )
        return Refunds(
            clock=self.clock,
            transactions=self.transactions,
            orders=self.order_store,
            payments=self.payment_store,
            refunds=self.refund_store,
            plan=plan,
            approvals=self.approvals,
            given=DynamoGiven(),
            unclaimed=self.unclaimed_store,
        )

    @cached_property
    def intent_desk(self) -> "IntentDesk":
        from marketplace.payments.desk import IntentDesk
        from marketplace.payments.reversals import Reversals

        return IntentDesk(
            clock=self.clock,
            payments=self.payment_store,
            pages=self.payment_store,
            orders=self.order_store,
            ledger=self.ledger,
            intents=self.intents,
            approvals=self.approvals,
            decisions=self.decisions,
            unclaimed=self.unclaimed_store,
            reversals=Reversals(legs=self.refund_legs, clawbacks=self.clawbacks, collecting=self.collecting),
            outbox=self.outbox,
        )

    @cached_property
    def collecting(self) -> "Collecting":
        from marketplace.payments.collecting import Collecting

        return Collecting(
            clock=self.clock,
            transactions=self.transactions,
            payments=self.payment_store,
            orders=self.order_store,
            ledger=self.ledger,
            refunds=self.refund_store,
            purses=self.payout_table,
            holds=self.payout_table,
            payouts=self.payout_table,
            sellers=self.sellers,
            stripe=self.stripe_payouts,
            debts=self.debts,
            earnings=self.earnings,
            intents=self.intents,
            outbox=self.outbox,
        )

    @cached_property
    def corrections(self) -> "Corrections":
        from marketplace.payments.books_gateway import StripeBooksGateway
        from marketplace.payments.corrections import Corrections

        stripe = StripeBooksGateway(lambda: self.stripe_client)
        return Corrections(clock=self.clock, ledger=self.ledger, stripe=stripe, approvals=self.approvals)

    def executors(self) -> "dict[str, Effect]":
        """Add what two people agreed on about money."""
        return {
            **super().executors(),
            "refund.manual": lambda proposal: self.refunds.approved(proposal),
            "intent.retry": lambda proposal: self.intent_desk.again(proposal),
            "intent.close": lambda proposal: self.intent_desk.close(proposal),
            "unclaimed.decide": lambda proposal: self.unclaimed.decided(proposal),
            "ledger.correction": lambda proposal: self.corrections.approved(proposal),
        }

    @cached_property
    def overtaken(self) -> "Overtaken":
        from marketplace.payments.bank_paid import BankPaid
        from marketplace.payments.leave_store import DynamoLeaves
        from marketplace.payments.not_by_card import NotByCard
        from marketplace.payments.overtaken import Overtaken

        kept = NotByCard(clock=self.clock, ledger=self.ledger, unclaimed=self.unclaimed_store, outbox=self.outbox)
        bank_paid = BankPaid(
            clock=self.clock,
            payments=self.payment_store,
            rows=self.unclaimed_store,
            ledger=self.ledger,
            outbox=self.outbox,
        )
        return Overtaken(
            clock=self.clock,
            transactions=self.transactions,
            payments=self.payment_store,
            refunds=self.refund_store,
            debts=self.debts,
            orders=self.order_store,
            ledger=self.ledger,
            standing=DynamoLeaves(),
            not_by_card=kept,
            bank_paid=bank_paid,
            turns=self.bank_turns,
        )

    @cached_property
    def bank_turns(self) -> "BankTurns":
        from marketplace.payments.bank_turn_store import DynamoBankTurns

        return DynamoBankTurns()

    @cached_property
    def beside(self) -> "Beside":
        from marketplace.payments.beside import Beside

        return Beside(
            clock=self.clock,
            payments=self.payment_store,
            orders=self.order_store,
            ledger=self.ledger,
            sellers=self.sellers,
            intents=self.intents,
            earnings=self.earnings,
            gate=self.leave,
            transactions=self.transactions,
            outbox=self.outbox,
        )

    @cached_property
    def clawbacks(self) -> "Clawbacks":
        from marketplace.payments.clawback import Clawbacks

        return Clawbacks(
            clock=self.clock,
            payments=self.payment_store,
            orders=self.order_store,
            ledger=self.ledger,
            refunds=self.refund_store,
            purses=self.payout_table,
            debts=self.debts,
            earnings=self.earnings,
            intents=self.intents,
            beside=self.beside,
            unclaimed=self.unclaimed_store,
        )

    @cached_property
    def sellers_parts(self) -> "SellersParts":
        from marketplace.payments.sellers_part import SellersParts

        return SellersParts(payments=self.payment_store, rows=self.unclaimed_store)

    @cached_property
    def unclaimed_store(self) -> "DynamoUnclaimed":
        from marketplace.payments.unclaimed_store import DynamoUnclaimed

        return DynamoUnclaimed()

    @cached_property
    def unclaimed(self) -> "UnclaimedMoney":
        from marketplace.payments.claims import Claims
        from marketplace.payments.unclaimed import UnclaimedMoney

        claims = Claims(
            clock=self.clock,
            orders=self.order_store,
            payments=self.payment_store,
            debts=self.debts,
            ledger=self.ledger,
            beside=self.beside,
        )
        return UnclaimedMoney(
            clock=self.clock,
            rows=self.unclaimed_store,
            orders=self.order_store,
            payments=self.payment_store,
            ledger=self.ledger,
            claims=claims,
            approvals=self.approvals,
            decisions=self.decisions,
            outbox=self.outbox,
        )

    @cached_property
    def refund_legs(self) -> "RefundLegs":
        from marketplace.payments.refund_legs import RefundLegs

        return RefundLegs(
            clock=self.clock,
            transactions=self.transactions,
            orders=self.order_store,
            payments=self.payment_store,
            refunds=self.refund_store,
            debts=self.debts,
            ledger=self.ledger,
            outbox=self.outbox,
            stripe=self.stripe,
            intents=self.intents,
            overtaken=self.overtaken,
            earnings=self.earnings,
        )
