"""What waits for staff, from every area, and what happened to an order, from every area's record."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.staff import Staff

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.casework.history.service import History, Records
    from marketplace.casework.model import Case
    from marketplace.casework.ports import Source
    from marketplace.casework.service import Casework


class Caseworking(Staff):
    """What waits for staff, from every area, and what happened to an order, from every area's record."""

    @cached_property
    def casework(self) -> "Casework":
        from marketplace.casework.service import Casework
        from marketplace.casework.store import DynamoAssignments

        kept = DynamoAssignments()
        return Casework(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            sources={**self._order_cases(), **self._money_cases(), **self._people_cases()},
            assignments=kept,
            board=kept,
            acts=self.acts,
            sellers_of=lambda account_id: self.teams.sellers_of(account_id),
        )

    def _order_cases(self) -> "Mapping[str, Source]":
        from marketplace.casework import kinds, order_cases

        orders, returned = self.order_store, self.return_store

        def disputed() -> "list[Case]":
            return order_cases.disputes(self.dispute_store.page_open, orders)

        return {
            kinds.DISPUTE: disputed,
            kinds.APPEAL: disputed,
            kinds.HOLD: lambda: order_cases.holds(self.trust_store.open_cases, orders),
            kinds.DELIVERY: lambda: order_cases.orders_for_people(orders.page_for_people, orders),
            kinds.RETURN: lambda: order_cases.returns(
                returned.page_for_people, returned.due, returned.read_many, self.clock.now()
            ),
        }

    def _money_cases(self) -> "Mapping[str, Source]":
        from marketplace.casework import kinds, money_cases
        from marketplace.payouts.model import PayoutState

        orders = self.order_store

        def asked_by_banks() -> "list[Case]":
            return money_cases.bank_cases(self.bank_case_store, orders, self.clock.now())

        return {
            kinds.INTENT: lambda: money_cases.intents(self.payment_store, orders),
            kinds.UNCLAIMED: lambda: money_cases.unclaimed(self.unclaimed_store, orders, self.payment_store),
            kinds.PAYOUT: lambda: money_cases.payouts(
                lambda cursor, limit: self.payout_table.listed(PayoutState.PARKED, cursor, limit)
            ),
            kinds.PAYOUT_HOLD: lambda: money_cases.payout_holds(self.payout_table.listed_holds),
            kinds.STOP: lambda: money_cases.stops(self.switch_store.stopped()),
            kinds.CHARGEBACK: asked_by_banks,
            kinds.INQUIRY: asked_by_banks,
        }

    def _people_cases(self) -> "Mapping[str, Source]":
        from marketplace.casework import kinds, people_cases
        from marketplace.staff.model import OPEN

        return {
            kinds.STANDING: lambda: people_cases.standing(self.staff_store.appeals),
            kinds.CLAIMS: lambda: people_cases.claims(self.case_records.page_claims_appeals),
            kinds.VERIFICATION: lambda: people_cases.verifications(
                lambda cursor, limit: self.board.page_board(kinds.VERIFICATION, cursor, limit),
                self.identity_store.read,
            ),
            kinds.PROPOSAL: lambda: people_cases.proposals(
                lambda cursor, limit: self.staff_store.proposals(OPEN, cursor, limit), self.clock.now()
            ),
        }

    @cached_property
    def history(self) -> "History":
        from marketplace.casework.history.service import History

        return History(
            self.order_records, is_member=lambda seller_id, account_id: self.teams.is_member(seller_id, account_id)
        )

    @cached_property
    def order_records(self) -> "Records":
        from marketplace.casework.history.service import Records
        from marketplace.casework.model import NOTES_MAX
        from marketplace.casework.store import DynamoAssignments
        from marketplace.payouts.trail_store import DynamoTrail

        notes, trail, returned = DynamoAssignments(), DynamoTrail(), self.return_store
        return Records(
            order=self.order_store.read,
            moves=self.order_store.moves,
            scans=self.shipping_store.events_of,
            reminded=self.order_store.reminded,
            dispute=self.dispute_store.read,
            messages=self.case_records.messages,
            returns=lambda order_id: returned.read_many(returned.head(order_id).return_ids),
            receipts=self.trust_store.receipts,
            bank_cases=self.bank_case_store.of_payment,
            decisions=self.decisions.each_about,
            refunds=self.refund_store.of_order,
            ledger=self.ledger.of_book,
            payouts=lambda order, objects: trail.of_order(order.seller_id, order.currency, objects),
            notes=lambda case_id: notes.notes(case_id, NOTES_MAX),
        )
