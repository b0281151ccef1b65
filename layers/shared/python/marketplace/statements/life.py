"""For how long money of an order can still move, so that nothing of it is left out of its buyer's month.

One after the other, each as long as it may take: the goods arrive, the longest legal guarantee runs, a claim is made on
its last day, it is disputed and appealed, the buyer's bank looks at it, and what nobody could send waits for its buyer
until it can be asked for no longer.
"""

from datetime import timedelta

from marketplace.catalog.promises import DELIVERY_DAYS_MAX, HANDLING_DAYS_MAX
from marketplace.disputes.clauses import APPEAL_DAYS
from marketplace.orders.timers import DEFAULT_TIMERS
from marketplace.payments.unclaimed_model import KEPT_FOR
from marketplace.returns.conformity import GUARANTEES

_MONTH = timedelta(days=31)  # the longest


def _waits(*names: str) -> timedelta:
    return timedelta(seconds=sum(DEFAULT_TIMERS[name] for name in names))


PROMISED = timedelta(days=HANDLING_DAYS_MAX + DELIVERY_DAYS_MAX)
ARRIVAL = PROMISED + _waits("unpaid", "handling_grace", "delivery_grace", "unproven")
GUARANTEE = max(each.liable_months for each in GUARANTEES) * _MONTH
CLAIM = _waits("return")  # longer than any claim takes by its own waits
DECISION = _waits("dispute_answer", "negotiation", "dispute_decision")
APPEAL = timedelta(days=APPEAL_DAYS) + _waits("appeal_decision")
BANK = _waits("chargeback")  # then it counts as lost
LIFE_MAX = ARRIVAL + GUARANTEE + CLAIM + DECISION + APPEAL + BANK + KEPT_FOR
