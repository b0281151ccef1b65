"""The payouts table, whole: balances, payouts, holds and the kill switch (see table_store)."""

from marketplace.payouts.clearing_store import DynamoClearing
from marketplace.payouts.hold_store import DynamoHolds
from marketplace.payouts.payout_store import DynamoPayouts
from marketplace.payouts.purse_store import DynamoPurses


class DynamoPayoutTable(DynamoPurses, DynamoClearing, DynamoPayouts, DynamoHolds):
    """Balances, payouts and holds of sellers."""
