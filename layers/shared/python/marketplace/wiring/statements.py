"""What is owed to whom, and why: statements, receipts, the proof of solvency."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.payouts import Payouts

if TYPE_CHECKING:
    from marketplace.kit.writes import Write
    from marketplace.payments.books_gateway import StripeBooksGateway
    from marketplace.solvency.capital import OwnerCapital
    from marketplace.solvency.ports import Signer
    from marketplace.solvency.service import Solvency
    from marketplace.solvency.store import DynamoProofs
    from marketplace.staff.model import Proposal
    from marketplace.staff.ports import Effect
    from marketplace.statements.billing import Billing
    from marketplace.statements.parties import Parties
    from marketplace.statements.service import Statements as StatementService
    from marketplace.statements.store import DynamoStatements


class Statements(Payouts):
    """What is owed to whom, and why: statements, receipts, the proof of solvency."""

    @cached_property
    def statement_store(self) -> "DynamoStatements":
        from marketplace.statements.store import DynamoStatements

        return DynamoStatements()

    @cached_property
    def statements(self) -> "StatementService":
        from marketplace.payouts.month_store import DynamoPayoutMonths
        from marketplace.statements.at_stripe import SellersAtStripe
        from marketplace.statements.service import Statements as StatementService

        return StatementService(
            clock=self.clock,
            transactions=self.transactions,
            orders=self.orders,
            pages=self.order_store,
            books=self.ledger,
            store=self.statement_store,
            at_stripe=SellersAtStripe(payouts=DynamoPayoutMonths(), purses=self.payout_table),
            parties=self.parties,
            outbox=self.outbox,
        )

    @cached_property
    def parties(self) -> "Parties":
        from marketplace.statements.parties import Parties, Party

        said = self.settings
        issuer = Party(said.operator_name, said.operator_address, said.vat_country, said.operator_tax_id)
        return Parties(profiles=self.selling_store, terms=self.fees_store, vault=self.vault, issuer=issuer)

    @cached_property
    def billing(self) -> "Billing":
        from marketplace.statements.billing import Billing

        return Billing(clock=self.clock, ledger=self.ledger, statements=self.statements)

    def executors(self) -> "dict[str, Effect]":
        """Add what approving an agreement about a commission changes."""
        from marketplace.fees.agreements import KIND, rule_of

        def agree(proposal: "Proposal") -> "list[Write]":
            rule = rule_of(proposal.proposal_id, proposal.subject, proposal.facts)
            return self.fees.agree(proposal.subject, rule, proposal.proposal_id)

        return {**super().executors(), KIND: agree}

    @cached_property
    def signer(self) -> "Signer":
        from marketplace.messaging.signing import KmsSigner

        return KmsSigner(self.settings.signing_key_id)

    @cached_property
    def owner_capital(self) -> "OwnerCapital":
        from marketplace.solvency.capital import OwnerCapital

        return OwnerCapital(solvency=self.solvency, balances=self.stripe_balances)

    @cached_property
    def stripe_balances(self) -> "StripeBooksGateway":
        from marketplace.payments.books_gateway import StripeBooksGateway

        return StripeBooksGateway(lambda: self.stripe_client)

    @cached_property
    def proof_store(self) -> "DynamoProofs":
        from marketplace.solvency.store import DynamoProofs

        return DynamoProofs()

    @cached_property
    def solvency(self) -> "Solvency":
        from marketplace.accounts.payees_store import DynamoConnectedAccounts
        from marketplace.solvency.balances import BalancesOfSellers
        from marketplace.solvency.moment import Moments
        from marketplace.solvency.service import Solvency

        return Solvency(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            moments=Moments(
                clock=self.clock,
                ledger=self.ledger,
                orders=self.order_store,
                payments=self.payment_store,
                balances=self.stripe_balances,
            ),
            balances=BalancesOfSellers(
                clock=self.clock,
                purses=self.payout_table,
                accounts=DynamoConnectedAccounts(),
                stripe=self.stripe_payouts,
                pause=self.pause,
            ),
            orders=self.order_store,
            payments=self.payment_store,
            signer=self.signer,
            proofs=self.proof_store,
            switch=self.switch,
            stage=self.settings.stage,
            pause=self.pause,
        )
