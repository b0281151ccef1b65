"""The fraud rules, as data over facts. A rule never blocks anybody: it adds weight, and people decide what is heavy.

Changing what a rule means raises its version. Receipts keep the words and numbers they were written with.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.trust.model import ABOUT_BOTH, ABOUT_BUYER, FIRED, NO_DATA, PASSED, Finding, Payment

HISTORY_DAYS = 90
VELOCITY_WINDOW = timedelta(hours=1)
PAYMENTS_PER_HOUR_MAX = 4  # a fifth within the hour fires
SPENDING_WINDOW = timedelta(hours=24)
PAYMENTS_AFTER = max(VELOCITY_WINDOW, SPENDING_WINDOW)  # how far beyond this order the windows can reach
ACCOUNT_YOUNG = timedelta(hours=24)
# Minor units: what a buyer without a history may pay within a day before a person looks, about EUR 1,500 in each.
SPENDING_WITHOUT_HISTORY_MAX_MINOR: Mapping[str, int] = {
    "eur": 150_000,
    "usd": 165_000,
    "gbp": 130_000,
    "jpy": 240_000,
}

Measured = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules may look at. None means that nobody knows."""

    now: datetime  # when this order was paid
    buyer_id: str
    seller_id: str
    currency: str
    payments: tuple[Payment, ...]  # the buyer's paid orders from HISTORY_DAYS before to PAYMENTS_AFTER, this one too
    buyer_created_at: datetime | None = None
    buyer_signup_ip: str | None = None  # hashed
    seller_signup_ip: str | None = None  # hashed


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `measure` returns the facts it rests on, or None without data; `fires` judges those facts alone."""

    rule_id: str
    version: int
    weight: int
    about: str
    measure: Callable[[Facts], Measured | None]
    fires: Callable[[Measured], bool]
    reason_en: str
    reason_es: str
    remedy_en: str
    remedy_es: str

    def judge(self, facts: Facts) -> Finding:
        """Return what this rule says about these facts."""
        measured = self.measure(facts)
        outcome = NO_DATA if measured is None else FIRED if self.fires(measured) else PASSED
        return Finding(
            rule_id=self.rule_id,
            version=self.version,
            weight=self.weight,
            outcome=outcome,
            about=self.about,
            reason_en=self.reason_en,
            reason_es=self.reason_es,
            remedy_en=self.remedy_en,
            remedy_es=self.remedy_es,
            facts=dict(measured or {}),
        )


def _own_listing(facts: Facts) -> Measured:
    return {"same_account": int(facts.buyer_id == facts.seller_id)}


def _payments_in_an_hour(facts: Facts) -> Measured:
    # Payments, not orders: one cart with eight sellers is one act of buying.
    counts = (len({each.payment_id for each in window}) for window in _windows(facts, VELOCITY_WINDOW))
    return {"payments": max(counts), "payments_max": PAYMENTS_PER_HOUR_MAX}


def _spending_without_history(facts: Facts) -> Measured:
    sums = (
        sum(each.amount_minor for each in window if each.currency == facts.currency)
        for window in _windows(facts, SPENDING_WINDOW)
    )
    # What was bought within the day is no history: a small purchase first must not open the door to a large one.
    earlier = {each.payment_id for each in facts.payments if each.paid_at <= facts.now - SPENDING_WINDOW}
    return {
        "spent_minor": max(sums),
        "spent_max_minor": SPENDING_WITHOUT_HISTORY_MAX_MINOR[facts.currency],
        "currency": facts.currency,
        "earlier_payments": len(earlier),
    }


def _windows(facts: Facts, length: timedelta) -> list[list[Payment]]:
    """Return the buyer's payments in each window of that length which holds this order.

    Messages arrive in any order: whoever is screened last sees the whole burst, wherever in it the order lies.
    """
    ends = {each.paid_at for each in facts.payments if facts.now <= each.paid_at < facts.now + length} | {facts.now}
    return [[each for each in facts.payments if end - length < each.paid_at <= end] for end in ends]


def _account_age(facts: Facts) -> Measured | None:
    if facts.buyer_created_at is None:
        return None
    hours = int((facts.now - facts.buyer_created_at) / timedelta(hours=1))
    return {"age_hours": hours, "age_hours_min": int(ACCOUNT_YOUNG / timedelta(hours=1))}


def _signup_addresses(facts: Facts) -> Measured | None:
    if facts.buyer_signup_ip is None or facts.seller_signup_ip is None:
        return None
    return {"same_address": int(facts.buyer_signup_ip == facts.seller_signup_ip)}


RULES: tuple[Rule, ...] = (
    Rule(
        "own_listing",
        1,
        100,
        ABOUT_BOTH,
        _own_listing,
        lambda found: found["same_account"] == 1,
        "Buyer and seller are the same account.",
        "El comprador y el vendedor son la misma cuenta.",
        "Buy from somebody else.",
        "Comprar a otra persona.",
    ),
    Rule(
        "many_payments_in_an_hour",
        1,
        50,
        ABOUT_BUYER,
        _payments_in_an_hour,
        lambda found: int(found["payments"]) > int(found["payments_max"]),
        "Many separate payments from one account within an hour.",
        "Muchos pagos separados desde una misma cuenta en una hora.",
        "Fewer payments within an hour; one cart with many articles counts once.",
        "Menos pagos en una hora; una cesta con muchos artículos cuenta una sola vez.",
    ),
    Rule(
        "high_spending_without_history",
        1,
        50,
        ABOUT_BUYER,
        _spending_without_history,
        lambda found: not found["earlier_payments"] and int(found["spent_minor"]) > int(found["spent_max_minor"]),
        "A high amount within a day from an account without earlier purchases.",
        "Un importe alto en un día desde una cuenta sin compras anteriores.",
        "A lower amount, or an earlier purchase at least a day before.",
        "Un importe menor, o una compra anterior hecha al menos un día antes.",
    ),
    Rule(
        "same_signup_address",
        1,
        30,
        ABOUT_BOTH,
        _signup_addresses,
        lambda found: found["same_address"] == 1,
        "Signs that buyer and seller are related.",
        "Indicios de que el comprador y el vendedor están relacionados.",
        "Nothing you need to do: people who share a network are common, and this alone holds nothing.",
        "No hace falta nada: compartir una red es habitual y esto por sí solo no retiene nada.",
    ),
    Rule(
        "new_account",
        1,
        15,
        ABOUT_BUYER,
        _account_age,
        lambda found: int(found["age_hours"]) < int(found["age_hours_min"]),
        "The account is less than a day old.",
        "La cuenta tiene menos de un día.",
        "Nothing you need to do: this passes by itself, and alone it holds nothing.",
        "No hace falta nada: se pasa solo con el tiempo, y por sí solo no retiene nada.",
    ),
)


def judge(facts: Facts) -> tuple[Finding, ...]:
    """Return what every rule says, in the table's order."""
    return tuple(rule.judge(facts) for rule in RULES)
