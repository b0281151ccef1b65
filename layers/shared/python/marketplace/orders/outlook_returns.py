"""What silence makes of an order's open returns: each follows its own waits, and then the order goes on.

Pure, from the table of returns: what is shown is what returns/clock.py does later.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from marketplace.orders.model import SYSTEM, Order
from marketplace.orders.process import Process, Transition
from marketplace.orders.process_table import Silence
from marketplace.orders.rules import Default, guards
from marketplace.returns.model import Return
from marketplace.returns.process import STATES, Does, due_at, named

RETURNING, GO_ON = "return_open", "returns_done"


@dataclass(frozen=True, slots=True)
class _Lapse:
    """One wait of a return that runs out, and what the buyer gets back by it."""

    at: datetime
    name: str
    says: Silence
    minor: int


@dataclass(frozen=True, slots=True)
class Gone:
    """The order once its last return ended by silence."""

    order: Order
    goes_on: Transition
    at: datetime
    path: tuple[Default, ...]
    given_back_minor: int


def after_returns(process: Process, order: Order, returns: Sequence[Return]) -> Gone | None:
    """Let every open return run out; None where none is open, or the order's own deadline comes first."""
    if order.state != RETURNING:
        return None
    lapses = sorted((each for made in returns if not made.is_over for each in _lapses(made)), key=lambda each: each.at)
    goes_on = process.named(RETURNING, GO_ON, guards(order))
    if not lapses or goes_on is None or (order.due_at is not None and order.due_at < lapses[-1].at):
        return None
    given_minor = min(order.left_minor, sum(each.minor for each in lapses))
    targets = [RETURNING] * (len(lapses) - 1) + [goes_on.target]
    path = (
        Default(RETURNING, each.name, target, each.at, each.says) for each, target in zip(lapses, targets, strict=True)
    )
    left = replace(order, refunded_minor=order.refunded_minor + given_minor)
    return Gone(left, goes_on, lapses[-1].at, tuple(path), given_minor)


def _lapses(made: Return) -> Iterator[_Lapse]:
    state, at = made.state, made.due_at
    while (wait := STATES[state]) and at is not None:
        found = named(state, wait.transition, SYSTEM)
        if found is None:
            return
        # Nobody judged a contested deduction: nothing is deducted. See returns/clock.py.
        judged = replace(made, deduction_minor=0) if found.name == "review_overdue" else made
        minor = judged.payable_minor if found.does is Does.REFUND else 0
        yield _Lapse(at, found.name, Silence(wait.en, wait.es), minor)
        state, at = found.target, due_at(made.kind, found.target, made.requested_at, at)
