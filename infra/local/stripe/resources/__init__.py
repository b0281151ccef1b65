"""The resources: importing a module here adds its operations to the table."""

from infra.local.stripe.resources import (
    accounts,
    balances,
    charging,
    customers,
    disputes,
    identity,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    reversals,
    topups,
    transfers,
    warnings,
)

__all__ = [
    "accounts",
    "balances",
    "charging",
    "customers",
    "disputes",
    "identity",
    "payment_intents",
    "payment_methods",
    "payouts",
    "refunds",
    "reversals",
    "topups",
    "transfers",
    "warnings",
]
