"""What the tests of judging orders are made of: everything outside the area, as plain objects."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from marketplace.kit.ids import RandomIds
from marketplace.kit.rows import Rows
from marketplace.orders.model import Award, Line, Order, TransitionRefused
from marketplace.outbox.model import Event, event
from marketplace.staff.acts import StaffActs
from marketplace.staff.model import Act
from marketplace.trust.model import OPEN, AlreadyScreened, Case, DecisionReceipt, HoldAlreadyDecided, Payment
from marketplace.trust.rules import Facts
from marketplace.trust.screening import Screening
from marketplace.trust.service import Trust
from tests.unit.notifications.making import NOW, Change, FrozenClock, Transactions

BUYER, SELLER, OPERATOR, ORDER = "acc_buyer", "acc_seller", "acc_operator", "ord_1"
SUSPICIOUS_MINOR = 150_001  # just above what a buyer without a history may pay


def order(order_id: str = ORDER, total_minor: int = 2_000, **changes: object) -> Order:
    made = Order(
        order_id=order_id,
        payment_id=f"pay_{order_id}",
        buyer_id=BUYER,
        seller_id=SELLER,
        seller_kind="private",
        currency="eur",
        lines=(Line("lst_1", "Bicicleta", 1, total_minor),),
        total_minor=total_minor,
        commission_minor=100,
        fee_version="1",
        process_version=1,
        placed_at=NOW,
        state="paid",
        step=1,
        entered_at=NOW,
        due_at=NOW + timedelta(days=14),
    )
    return replace(made, **changes)


def ended(found: Order) -> Order:
    return replace(found, state="refunded", step=found.step + 2, award=Award(found.total_minor, 0), ended_at=NOW)


def paid_event(order_id: str = ORDER, at: datetime = NOW) -> Event:
    return event("order.paid", order_id, at, once="1", buyer_id=BUYER, seller_id=SELLER)


def payment(
    name: str = "1", ago: timedelta = timedelta(0), amount_minor: int = 2_000, currency: str = "eur"
) -> Payment:
    return Payment(f"ord_{name}", f"pay_{name}", NOW - ago, amount_minor, currency)


def facts(*payments: Payment, **changes: object) -> Facts:
    known = Facts(
        now=NOW,
        buyer_id=BUYER,
        seller_id=SELLER,
        currency="eur",
        payments=payments or (payment(),),
        buyer_created_at=NOW - timedelta(days=400),
        buyer_signup_ip="hash-a",
        seller_signup_ip="hash-b",
    )
    return replace(known, **changes)


@dataclass
class Records:
    counted: dict[tuple[str, str], Payment] = field(default_factory=dict)
    kept: dict[str, DecisionReceipt] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)

    def count_payment(self, buyer_id: str, payment: Payment) -> Change:
        noted = {(buyer_id, payment.order_id): payment}
        return Change(lambda: True, lambda: self.counted.update(noted), AlreadyScreened())

    def payments(self, buyer_id: str, since: datetime, until: datetime) -> tuple[Payment, ...]:
        return tuple(p for (who, _), p in self.counted.items() if who == buyer_id and since <= p.paid_at <= until)

    def put_receipt(self, receipt: DecisionReceipt, refusal: Exception) -> Change:
        key = receipt.receipt_id
        return Change(lambda: key not in self.kept, lambda: self.kept.update({key: receipt}), refusal)

    def receipts(self, order_id: str) -> tuple[DecisionReceipt, ...]:
        return tuple(receipt for receipt in self.kept.values() if receipt.order_id == order_id)

    def open_case(self, case: Case) -> Change:
        key = case.order_id
        return Change(lambda: key not in self.cases, lambda: self.cases.update({key: case}), AlreadyScreened())

    def case(self, order_id: str) -> Case | None:
        return self.cases.get(order_id)

    def close_case(self, case: Case) -> Change:
        def is_open() -> bool:
            return self.cases[case.order_id].state == OPEN

        return Change(is_open, lambda: self.cases.update({case.order_id: case}), HoldAlreadyDecided())

    def open_cases(self, cursor: str | None, limit: int) -> Rows[Case]:
        waiting = sorted((c for c in self.cases.values() if c.state == OPEN), key=lambda case: case.opened_at)
        return Rows(tuple(waiting[:limit]), None)


@dataclass
class Orders:
    """Orders, and what a person's decision does to them."""

    orders: dict[str, Order] = field(default_factory=dict)
    moves_meanwhile: list[Order] = field(default_factory=list)  # each replaces the order just before a hold
    released: list[tuple[str, str, str]] = field(default_factory=list)

    def read(self, order_id: str) -> Order | None:
        return self.orders.get(order_id)

    def hold(self, found: Order, receipt_id: str) -> Change:
        if self.moves_meanwhile:
            self.orders[found.order_id] = self.moves_meanwhile.pop(0)
        held = replace(found, risk_receipt=receipt_id)
        return Change(
            lambda: self.orders[found.order_id] == found and found.risk_receipt is None,
            lambda: self.orders.update({found.order_id: held}),
            TransitionRefused(),
        )

    def clear(self, order_id: str, operator_id: str, receipt_id: str) -> Sequence[Change]:
        return [self._release("clear", order_id, receipt_id)]

    def refuse(self, order_id: str, operator_id: str, receipt_id: str) -> Sequence[Change]:
        return [self._release("refuse", order_id, receipt_id)]

    def _release(self, how: str, order_id: str, receipt_id: str) -> Change:
        return Change(
            lambda: self.orders[order_id].risk_receipt is not None,
            lambda: self.released.append((how, order_id, receipt_id)),
            TransitionRefused(),
        )


@dataclass
class Outbox:
    events: dict[str, Event] = field(default_factory=dict)

    def publish(self, made: Event) -> Change:
        key = made.event_id
        return Change(lambda: key not in self.events, lambda: self.events.update({key: made}), TransitionRefused())


@dataclass
class People:
    known: dict[str, tuple[datetime, str | None]] = field(
        default_factory=lambda: {
            BUYER: (NOW - timedelta(days=400), "hash-a"),
            SELLER: (NOW - timedelta(days=900), "hash-b"),
        }
    )

    def facts(self, account_id: str) -> tuple[datetime, str | None] | None:
        return self.known.get(account_id)


@dataclass
class Acts:
    """What staff did."""

    done: list[Act] = field(default_factory=list)

    def add_act(self, act: Act) -> Change:
        return Change(lambda: True, lambda: self.done.append(act), TransitionRefused())

    def acts(self, cursor: str | None, limit: int) -> Rows[Act]:
        return Rows(tuple(self.done[:limit]), None)


@dataclass
class Recorded:
    """The decisions that went with what was committed."""

    made: list[dict[str, Any]] = field(default_factory=list)

    def record(self, **given: Any) -> list[Change]:
        return [Change(lambda: True, lambda: self.made.append(given), TransitionRefused())]


@dataclass
class Judging:
    """Screening and the operators' decisions over the same plain objects."""

    clock: FrozenClock = field(default_factory=FrozenClock)
    transactions: Transactions = field(default_factory=Transactions)
    records: Records = field(default_factory=Records)
    orders: Orders = field(default_factory=lambda: Orders({ORDER: order()}))
    outbox: Outbox = field(default_factory=Outbox)
    people: People | None = field(default_factory=People)
    acts: Acts = field(default_factory=Acts)
    decisions: Recorded = field(default_factory=Recorded)
    members: set[tuple[str, str]] = field(default_factory=set)  # (seller, who acts for them)

    @property
    def screening(self) -> Screening:
        return Screening(
            clock=self.clock,
            transactions=self.transactions,
            outbox=self.outbox,
            records=self.records,
            orders=self.orders,
            account_facts=self.people,
            decisions=self.decisions,
        )

    @property
    def trust(self) -> Trust:
        return Trust(
            clock=self.clock,
            transactions=self.transactions,
            outbox=self.outbox,
            records=self.records,
            orders=self.orders,
            release_holds=self.orders,
            acts=StaffActs(clock=self.clock, ids=RandomIds(), store=self.acts),
            is_member=lambda seller_id, account_id: (seller_id, account_id) in self.members,
            decisions=self.decisions,
        )

    @property
    def told(self) -> list[str]:
        return [event.kind for event in self.outbox.events.values()]


def held() -> Judging:
    """Return a world in which one order was just held."""
    judging = Judging(orders=Orders({ORDER: order(total_minor=SUSPICIOUS_MINOR)}))
    judging.screening.screen(paid_event())
    return judging
