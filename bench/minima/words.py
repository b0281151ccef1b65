"""The words in which the least that an access pattern allows is said; the flows are in the modules beside it.

The rules by which round trips and write units are counted:

- What decides is read from its table, once in each invocation that acts on it: another container's look is not trusted.
  Rows whose keys are known together come in one BatchGetItem, whatever their tables; a Query is a trip of its own.
- The session is a step of its own: it decides whether anything else is read.
- What changes together changes in one transaction. A row takes 2 units a KB there, and 1 (a KB of what it holds) for
  each index entry that is written, 2 where the entry's key moves; a condition on a row that does not change takes 2.
- A call of Stripe lies between two transactions: its intent before, what came of it after. What guards it is read anew
  behind it.
- Each delivery may come twice, and each person is told apart, so that one mailbox cannot hold back another's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row that a transaction writes: the units of its index entries, and its size."""

    entries: int = 0
    kb: int = 1

    @property
    def units(self) -> int:
        return 2 * self.kb + self.entries


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something takes more than the least; a saving is what could be left out and is not, yet."""

    text: str
    saving: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A step that is needed, or, with a reason, what is taken beyond."""

    what: str
    trips: int
    write_units: int
    reason: Reason | None = None


Parts = tuple[Part, ...]


def read(what: str, times: int = 1) -> Part:
    """One dependent step: rows by key, or one Query."""
    return Part(what, times, 0)


def tx(rows: str) -> Part:
    """One transaction, by the rows of `ROWS` that it writes, as in "log, 2 x event"."""
    return Part(rows, 1, sum(_units(each) for each in rows.split(", ")))


def _units(row: str) -> int:
    number, _, name = row.rpartition(" x ")
    return int(number or 1) * ROWS[name].units


def beyond(**taken: int | tuple[int, int]) -> Parts:
    """Say what is taken beyond the least, by a name of `REASONS`: round trips, or these and write units."""
    pairs = {name: each if isinstance(each, tuple) else (each, 0) for name, each in taken.items()}
    return tuple(Part(REASONS[name].text, *pair, REASONS[name]) for name, pair in pairs.items())


def least(parts: Iterable[Part]) -> tuple[int, int]:
    """Return the round trips and write units that are needed."""
    needed = [each for each in parts if each.reason is None]
    return sum(each.trips for each in needed), sum(each.write_units for each in needed)


def excess(parts: Iterable[Part]) -> Mapping[Reason, tuple[int, int]]:
    """Return the round trips and write units beyond that, by reason."""
    found: dict[Reason, tuple[int, int]] = {}
    for each in parts:
        if each.reason is not None:
            trips, units = found.get(each.reason, (0, 0))
            found[each.reason] = (trips + each.trips, units + each.write_units)
    return found


# Rows by what becomes of them, with the units of their entries in the indexes of infra/data.yaml.
ROWS: Mapping[str, Row] = {
    "order placed": Row(3),
    "order moved": Row(4),
    "order ended": Row(3),
    "order noted": Row(2),
    "large order noted": Row(4, kb=2),
    "large order stopped": Row(6, kb=2),
    "log": Row(),
    "event": Row(),
    "reminder": Row(1),
    "stock": Row(3),
    "ledger entry": Row(1),
    "seller's ledger entry": Row(2),
    "intent opened": Row(1),
    "intent ended": Row(1),
    "intent let go": Row(),
    "payment opened": Row(1),
    "payment noted": Row(),
    "payment ended": Row(1),
    "counter": Row(),
    "condition": Row(),
    "refund": Row(),
    "decision": Row(2),
    "act of staff": Row(),
    "proposal": Row(1),
    "proposal decided": Row(2),
    "case opened": Row(1),
    "case of the payment": Row(),
    "whose turn": Row(),
    "case moved": Row(2),
    "large case moved": Row(2, kb=2),
    "large case noted": Row(kb=2),
    "what a warning did": Row(),
    "balance": Row(),
    "balance with another date": Row(2),
    "balance with a first date": Row(1),
    "standing": Row(),
    "part of the balance": Row(1),
    "reserve": Row(),
    "what clears": Row(),
    "terms": Row(),
    "payout begun": Row(2),
    "payout sent": Row(3),
    "payout arrived": Row(2),
    "payout failed": Row(3),
    "hold": Row(1),
    "hold for a debt": Row(),
    "debt": Row(1),
    "debt noted": Row(),
    "unclaimed money": Row(1),
    "dispute": Row(),
    "dispute opened": Row(1),
    "large return": Row(1, kb=2),
    "returns of the order": Row(1),
    "paid order": Row(),
    "screening": Row(kb=3),
    "Stripe's event": Row(),
    "seed": Row(),
    "claims": Row(),
    "base": Row(),
    "statement": Row(),
}

REASONS: Mapping[str, Reason] = {
    "unfollowed": Reason(
        "a webhook of a kind that nothing follows is stored all the same: an endpoint that subscribes to the "
        "kinds of payments/events.py alone is not sent it",
        saving=True,
    ),
    "hint": Reason(
        "Stripe tells of one thing twice, or of what we did ourselves; each is looked at as if it were the only one",
        saving=False,
    ),
    "inbox": Reason(
        "a line of the inbox and the mark that it was stored are two rows; one named by the event would do",
        saving=True,
    ),
    "claimed": Reason("a mail is claimed after its line of the inbox, not with it", saving=True),
    "sealed": Reason("the key of a sealed address, once per person, container and five minutes", saving=False),
    "apart": Reason(
        "rows of one step are asked for one by one, each by the part of the code that needs it",
        saving=True,
    ),
    "again": Reason(
        "a row that was read, or written, in the same run is read again, by a part that trusts no earlier look",
        saving=True,
    ),
    "answer": Reason("what the answer shows is read after the write", saving=True),
    "nobody": Reason(
        "the clock looks whether an execution waits for an order that began or ended just now; none can",
        saving=True,
    ),
    "pieces": Reason(
        "a case, its fee and each order are booked one by one: a payment may hold more orders than a transaction",
        saving=False,
    ),
    "twice": Reason(
        "a payout is begun under the conditions under which it is let go, and let go at once: they are checked twice",
        saving=True,
    ),
    "apart_tx": Reason("the next date is written in a transaction of its own", saving=True),
    "minute": Reason("what else the sweep asks in that minute: see the sweep that has nothing to do", saving=False),
    "stuck": Reason(
        "what is stuck is counted by questions of its own, although the work's own answer tells its age",
        saving=True,
    ),
}
