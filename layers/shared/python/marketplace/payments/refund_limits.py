"""What a seller may give back alone: published limits, beyond which another person looks first.

A refund after the payout is taken back from the seller's balance. What cannot be is the seller's debt, so that the
marketplace pays the buyer for the time being; where one person stands on both sides, that is for good. So debt that a
seller's own word leaves is bounded, over all their orders; beyond it two people of finance decide. Returns, decisions
and rights by law do not ask a balance: the buyer's money never waits for the seller's.
"""

from collections.abc import Mapping

from marketplace.kit.step_up import LARGE_REFUND_MINOR
from marketplace.payments.refund_model import RefundNeedsPerson

# Minor units of open debt, about EUR 100 in each: a slip of a small shop, and no trade worth the trouble.
SELLER_DEBT_ALONE_MAX_MINOR: Mapping[str, int] = {"eur": 10_000, "usd": 11_000, "gbp": 8_500, "jpy": 16_000}
SELLER_OWES_TOO_MUCH = "seller_owes_too_much"  # why a refund waits for people


class RefundBeyondBalance(RefundNeedsPerson):
    """The seller's balance does not cover this, and what they would owe is more than they may owe by their own word."""

    code = "refund_beyond_balance"
    title_en = "Your balance does not cover this refund; ask us for it, and two of us will look at it."
    title_es = "Tu saldo no cubre este reembolso; pídenoslo y dos de nosotros lo revisaremos."


def may_owe(currency: str, owed_minor: int, more_minor: int) -> bool:
    """Say whether a seller's own word may add `more_minor` to what they owe."""
    return more_minor <= 0 or owed_minor + more_minor <= SELLER_DEBT_ALONE_MAX_MINOR.get(currency, 0)


def published(locale: str) -> list[str]:
    """Return the limits in words."""
    debt, large = (_amounts(each) for each in (SELLER_DEBT_ALONE_MAX_MINOR, LARGE_REFUND_MINOR))
    if locale == "es":
        owing = (
            f"Un reembolso que tu saldo no cubre queda como deuda tuya hasta {debt} en total; más allá deciden dos "
            "personas de nuestro equipo de finanzas. Las devoluciones y las decisiones no esperan por eso."
        )
        proof = f"Desde {large} reembolsados de un pedido, o en un día, pedimos que demuestres otra vez que eres tú."
        return [owing, proof]
    owing = (
        f"A refund that your balance does not cover becomes your debt, up to {debt} in all; beyond that two people of "
        "our finance team decide. Returns and decisions do not wait for that."
    )
    return [owing, f"From {large} refunded of one order, or in one day, we ask you to prove once more that it is you."]


def _amounts(limits: Mapping[str, int]) -> str:
    return ", ".join(f"{minor} ({currency})" for currency, minor in limits.items())
