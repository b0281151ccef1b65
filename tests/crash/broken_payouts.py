"""Deliberately broken payouts; see broken.py."""

from dataclasses import replace
from functools import cached_property
from typing import Any

from marketplace.kit.writes import Write
from marketplace.payouts.model import Payout, Purse, StripePayout
from marketplace.payouts.payouts_gateway import StripePayoutsGateway
from marketplace.payouts.store import DynamoPayoutTable
from marketplace.payouts.table_store import PurseItem
from marketplace.wiring import Services


class PayoutKeyPerAttempt(Services):
    """Makes a new idempotency key for each call, and does not look whether the last one arrived."""

    _made = 0

    @cached_property
    def stripe_payouts(self) -> Any:
        class Gateway(StripePayoutsGateway):
            def create(self, payout: Payout) -> StripePayout:
                PayoutKeyPerAttempt._made += 1
                options = {
                    "stripe_account": payout.stripe_account_id,
                    "idempotency_key": f"{payout.key}#{PayoutKeyPerAttempt._made}",
                }
                params = {
                    "amount": payout.amount_minor,
                    "currency": payout.currency,
                    "metadata": {"payout_key": payout.key},
                }
                made = self._v1.payouts.create(params, options)
                return replace(super().read(payout.stripe_account_id, made.id), key=payout.key)

            def find(self, payout: Payout) -> StripePayout | None:
                return None

        return Gateway(lambda: self.stripe_client)


class BalanceFromAnIndex(Services):
    """Believes an old copy of the balance: the payout is not conditional on what was read."""

    @cached_property
    def payout_table(self) -> Any:
        class Table(DynamoPayoutTable):
            def begin(self, purse: Purse, payout: Payout, due_at: Any) -> list[Write]:
                present = self.purse(purse.seller_id, purse.currency)[0]
                put, taken = super().begin(present, replace(payout, number=present.number), due_at)
                return [put, replace(taken, condition=PurseItem.pk.exists())]  # type: ignore[type-var]

        return Table()


class ForgottenReturn(Services):
    """Notes that a payout failed, and leaves its money in transit."""

    @cached_property
    def payout_table(self) -> Any:
        class Table(DynamoPayoutTable):
            def came_back(self, payout: Payout, *given: Any) -> list[Write]:
                return super().came_back(payout, *given)[:1]

        return Table()
