"""What tells both sides why silence gave money back for a return or claim, or gave none, and what they can do."""

from marketplace.decisions.model import CLOCK, Amounts
from marketplace.decisions.ports import Recording
from marketplace.kit.writes import Write
from marketplace.orders.model import SYSTEM
from marketplace.returns.model import Outcome, Return
from marketplace.returns.process import STATES, Does, named

GRANTED = frozenset({"claim_unanswered", "claim_undecided"})  # decide a claim, and let the return of the goods begin
# Others have decided about this money, and left their own receipt.
_DECIDED_ELSEWHERE = frozenset({Outcome.SUPERSEDED, Outcome.NOTHING_LEFT})


def lapsed(decisions: Recording, before: Return, after: Return) -> list[Write]:
    """Return the writes of the receipt for a step that silence made; none where it decided nothing yet.

    The ground is what the process had published about that silence, in both languages.
    """
    name, wait = after.log[-1].name, STATES[before.state]
    if wait is None or after.outcome in _DECIDED_ELSEWHERE or not (after.is_over or name in GRANTED):
        return []
    return decisions.record(
        kind="claim.granted" if name in GRANTED else "return.lapsed",
        subject=after.return_id,
        once=str(after.step),
        about=after.order_id,
        concerns=[after.buyer_id, after.seller_id],
        by=CLOCK,
        automated=True,
        ground=f"{wait.en} / {wait.es}",
        amounts=_amounts(before, after),
    )


def _amounts(before: Return, after: Return) -> Amounts:
    step = named(before.state, after.log[-1].name, SYSTEM)
    if after.is_over and (step is None or step.does is not Does.REFUND):
        return Amounts(after.currency, 0, after.quoted_minor)
    buyer_minor = after.refund_minor if after.is_over else after.payable_minor
    return Amounts(after.currency, buyer_minor, after.quoted_minor - after.payable_minor)
