"""Those who run the marketplace: roles, approvals by two, looking without touching."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.community import Community

if TYPE_CHECKING:
    from marketplace.casework.model import Case
    from marketplace.casework.service import Casework
    from marketplace.casework.timeline import Records
    from marketplace.staff.desk import Desk
    from marketplace.staff.suspensions import Suspensions
    from marketplace.staff.visits import SupportVisits


class Staff(Community):
    """Those who run the marketplace: roles, approvals by two, looking without touching."""

    @cached_property
    def suspensions(self) -> "Suspensions":
        from marketplace.staff.suspensions import Suspensions

        return Suspensions(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            people=self.account_store,
            standings=self.staff_store,
            acts=self.acts,
            log=self.security_log,
            decisions=self.decisions,
        )

    @cached_property
    def visits(self) -> "SupportVisits":
        from marketplace.staff.visits import SupportVisits

        return SupportVisits(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            people=self.account_store,
            sessions=self.account_store,
            visits=self.staff_store,
            acts=self.acts,
            log=self.security_log,
        )

    @cached_property
    def desk(self) -> "Desk":
        from marketplace.staff.desk import Desk

        return Desk(
            clock=self.clock,
            transactions=self.transactions,
            people=self.account_store,
            sessions=self.account_store,
            suspensions=self.suspensions,
            acts=self.acts,
        )

    @cached_property
    def casework(self) -> "Casework":
        from marketplace.casework import sources
        from marketplace.casework.model import APPEAL, DISPUTE, HOLD, INTENT, PAYOUT, STANDING
        from marketplace.casework.service import Casework
        from marketplace.casework.store import DynamoAssignments
        from marketplace.payouts.model import PayoutState

        def disputed() -> "list[Case]":
            return sources.disputes(self.dispute_store.page_open, self.order_store)

        return Casework(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            sources={
                DISPUTE: disputed,
                APPEAL: disputed,
                HOLD: lambda: sources.holds(self.trust_store.open_cases, self.order_store),
                STANDING: lambda: sources.standing(self.staff_store.appeals),
                INTENT: lambda: sources.intents(self.payment_store, self.order_store),
                PAYOUT: lambda: sources.payouts(
                    lambda cursor, limit: self.payout_table.listed(PayoutState.PARKED, cursor, limit)
                ),
            },
            assignments=DynamoAssignments(),
            acts=self.acts,
        )

    @cached_property
    def order_records(self) -> "Records":
        from marketplace.casework.timeline import Records

        return Records(
            order=self.order_store.read,
            moves=self.order_store.moves,
            ledger=self.ledger.of_book,
            refunds=self.refund_store.of_order,
            dispute=self.dispute_store.read,
            receipts=self.trust_store.receipts,
            decisions=lambda order_id, reader: self.decisions.about(order_id, reader=reader),
        )
