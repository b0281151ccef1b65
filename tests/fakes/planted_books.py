"""Books of thousands of orders as plain data, both sides of them, and the discrepancies that a test plants there."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from marketplace.kit.money import split
from marketplace.ledger import postings
from marketplace.ledger.model import LedgerTransaction, Posting
from marketplace.ledger.reconciliation import Pair, pair_up
from marketplace.ledger.sifting import Sifted
from marketplace.orders.model import Award, Line, Order
from marketplace.payments.model import Payment, PaymentStatus
from marketplace.payments.movements import Movement
from tests.fakes.booked import released

START = datetime(2026, 11, 2, tzinfo=UTC)
DAYS = 4  # everything moves within these
DISPUTE_FEE_MINOR = 1_500
CAPTURED_ONLY = 0.5  # of the carts
ENDS = ("released", "released", "refunded", "split", "lost", "won")
STRANGER = "ord_somebody_elses"


@dataclass
class PlantedBooks:
    """Stripe's side, ours, and the payments that connect them; also the ports that read them."""

    movements: list[Movement] = field(default_factory=list)
    ledger: list[LedgerTransaction] = field(default_factory=list)
    payments: dict[str, Payment] = field(default_factory=dict)
    orders: int = 0

    def between(self, since: datetime, until: datetime) -> list[Movement]:
        return [each for each in self.movements if since <= each.created_at < until]

    def of_object(self, stripe_object: str) -> list[Movement]:
        return [each for each in self.movements if each.stripe_object == stripe_object]

    def sift_day(self, day: date) -> Sifted:
        return Sifted([each for each in self.ledger if each.booked_at.date() == day])

    def sift_book(self, book: str) -> Sifted:
        return Sifted([each for each in self.ledger if each.book == book])

    def read(self, payment_id: str) -> Payment | None:
        return self.payments.get(payment_id)

    def pairs(self) -> list[Pair]:
        """Everything, paired as the use case does it: with the payment's orders."""
        return [self._with_orders(pair) for pair in pair_up(self.movements, self.ledger)]

    def _with_orders(self, pair: Pair) -> Pair:
        found = self.payments.get(pair.payment_id or "")
        named = any(each.order_id for each in pair.movements)
        return replace(pair, order_ids=found.order_ids) if found and not named else pair

    def exchange(self, old: LedgerTransaction | Movement, *new: LedgerTransaction | Movement) -> None:
        side = self.movements if isinstance(old, Movement) else self.ledger
        place = side.index(old)
        side[place : place + 1] = new


def trade_on_paper(orders: int, seed: int) -> PlantedBooks:
    """Trade without any service: half is captured only, the rest ends in every way there is."""
    chance, books = random.Random(seed), PlantedBooks()  # noqa: S311 - repeatable, not secret
    while books.orders < orders:
        _Cart(books, chance, min(chance.choice((1, 1, 1, 2, 3)), orders - books.orders)).live()
    return books


class _Cart:
    """One payment and its orders."""

    def __init__(self, books: PlantedBooks, chance: random.Random, size: int) -> None:
        self.books, self.chance = books, chance
        self.name = f"{books.orders:05d}"
        self.payment_id, self.charge_id = f"pay_{self.name}", f"ch_{self.name}"
        self.currency = chance.choice(("eur", "eur", "usd", "jpy"))
        self.moment = START + timedelta(seconds=chance.randrange(2 * 86_400))
        self.orders = [self._order(place) for place in range(size)]
        self.total = sum(order.total_minor for order in self.orders)
        books.orders += size

    def live(self) -> None:
        ids = tuple(order.order_id for order in self.orders)
        self.books.payments[self.payment_id] = Payment(
            self.payment_id, "b", ids, self.total, self.currency, PaymentStatus.PAID, "f", START, START
        )
        self._pay()
        if self.chance.random() < CAPTURED_ONLY:
            return
        self.moment += timedelta(seconds=self.chance.randrange(3_600, 86_400))
        end = self.chance.choice(ENDS)
        if end in {"lost", "won"}:
            self._charge_back(won=end == "won")
        else:
            for order in self.orders:
                self._settle(order, end)

    def _order(self, place: int) -> Order:
        total = self.chance.randrange(500, 50_000)
        return Order(
            order_id=f"ord_{self.name}_{place}",
            payment_id=self.payment_id,
            buyer_id="b",
            seller_id=f"acc_{self.chance.randrange(200)}",
            seller_kind="trader",
            currency=self.currency,
            lines=(Line("l", "Bike", 1, total),),
            total_minor=total,
            commission_minor=total * 8 // 100,
            fee_version="2026-11",
            process_version=1,
            placed_at=START,
            state="delivered",
            step=3,
            entered_at=START,
            due_at=None,
        )

    def _pay(self) -> None:
        fee, at = self.total * 15 // 1000 + 25, self._booked_at()
        self._move("charge", self.charge_id, self.total, fee)
        self.books.ledger += [postings.capture(order, self.charge_id, at) for order in self.orders]
        self.books.ledger.append(postings.processing_fee(self.payment_id, self.currency, fee, self.charge_id, at))

    def _settle(self, order: Order, end: str) -> None:
        refund = {"released": 0, "refunded": order.total_minor}.get(end, order.total_minor // 3)
        seller, at = order.total_minor - refund, self._booked_at()
        if refund:
            refund_id = f"re_{order.order_id}"
            self._move("refund", refund_id, -refund, order_id=order.order_id)
            self.books.ledger.append(postings.refund(order, refund, refund_id, "award", at))
        if seller:
            transfer_id = f"tr_{order.order_id}"
            net = seller - postings.commission_on(order, seller)
            self._move("transfer", transfer_id, -net, order_id=order.order_id)
            self.books.ledger += released(replace(order, award=Award(refund, seller)), seller, transfer_id, at)

    def _charge_back(self, *, won: bool) -> None:
        dispute_id, at = f"dp_{self.name}", self._booked_at()
        parts = list(zip(self.orders, split(self.total, [order.total_minor for order in self.orders]), strict=True))
        self._move("adjustment", dispute_id, -self.total, DISPUTE_FEE_MINOR)
        self.books.ledger += [postings.chargeback_withdrawn(order, part, dispute_id, at) for order, part in parts]
        fee = postings.chargeback_fee(self.payment_id, self.currency, 0, DISPUTE_FEE_MINOR, dispute_id, at)
        self.books.ledger.append(fee)
        self.moment += timedelta(hours=self.chance.randrange(1, 20))
        at = self._booked_at()
        if won:
            self._move("adjustment", dispute_id, self.total)
            self.books.ledger += [
                postings.chargeback_reinstated(order, part, None, dispute_id, at) for order, part in parts
            ]
        else:
            self.books.ledger += [postings.chargeback_lost(order, part, part, dispute_id, at) for order, part in parts]

    def _booked_at(self) -> datetime:
        """Mostly at once, sometimes after an outage, now and then by a clock that is a little behind."""
        return self.moment + timedelta(seconds=self.chance.choice((-4, 1, 1, 2, 3, 600, 70_000)))

    def _move(self, kind: str, moved_by: str, amount: int, fee: int = 0, order_id: str | None = None) -> None:
        named = (self.payment_id, order_id)
        transaction_id = f"txn_{len(self.books.movements)}"
        moved = Movement(transaction_id, moved_by, kind, amount, fee, self.currency, self.moment, *named)
        self.books.movements.append(moved)


Plant = Callable[[PlantedBooks, Pair, random.Random], None]


def _forget(books: PlantedBooks, pair: Pair, _chance: random.Random) -> None:
    for each in pair.booked:
        books.exchange(each)


def _invent(books: PlantedBooks, pair: Pair, _chance: random.Random) -> None:
    books.exchange(pair.movements[0])


def _miscount(books: PlantedBooks, pair: Pair, chance: random.Random) -> None:
    moved = pair.movements[0]
    step = chance.choice((1, -1)) * chance.randrange(1, abs(moved.amount_minor))
    books.exchange(moved, replace(moved, amount_minor=moved.amount_minor + step))


def _turn_round(books: PlantedBooks, pair: Pair, _chance: random.Random) -> None:
    for each in pair.entries:
        legs = tuple(Posting(leg.account, -leg.amount_minor) for leg in each.postings)
        books.exchange(each, replace(each, postings=legs))


def _convert(books: PlantedBooks, pair: Pair, _chance: random.Random) -> None:
    moved = pair.movements[0]
    books.exchange(moved, replace(moved, currency="gbp"))


def _charge_more(books: PlantedBooks, pair: Pair, chance: random.Random) -> None:
    moved = pair.movements[0]
    books.exchange(moved, replace(moved, fee_minor=moved.fee_minor + chance.choice((-1, 1, 30))))


def _book_again(books: PlantedBooks, pair: Pair, chance: random.Random) -> None:
    entry = chance.choice(pair.entries)
    books.ledger.append(replace(entry, key=f"{entry.key}#again"))


def _book_again_elsewhere(books: PlantedBooks, pair: Pair, chance: random.Random) -> None:
    books.ledger.append(replace(chance.choice(pair.entries), book=STRANGER, key=f"again#{pair.stripe_object}"))


def _misfile(books: PlantedBooks, pair: Pair, chance: random.Random) -> None:
    entry = chance.choice(pair.booked)
    books.exchange(entry, replace(entry, book=STRANGER, key=f"{entry.key}#{pair.stripe_object}"))


def _delay(books: PlantedBooks, pair: Pair, chance: random.Random) -> None:
    length = timedelta(hours=chance.randrange(25, 200))  # often beyond the days that a run reads
    for each in pair.booked:
        books.exchange(each, replace(each, booked_at=each.booked_at + length))


PLANTS: dict[str, tuple[Plant, ...]] = {
    "missing_in_ledger": (_forget,),
    "missing_at_stripe": (_invent,),
    "amount_differs": (_miscount, _turn_round),
    "currency_differs": (_convert,),
    "fee_differs": (_charge_more,),
    "booked_twice": (_book_again, _book_again_elsewhere),
    "booked_in_the_wrong_book": (_misfile,),
    "late": (_delay,),
}


def plant(books: PlantedBooks, kinds: list[str], seed: int) -> set[tuple[str, str]]:
    """Plant one discrepancy of each kind named, each with another Stripe object; return (kind, object) of each."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    objects: dict[str, Pair] = {}
    for pair in books.pairs():
        objects.setdefault(pair.stripe_object, pair)
    victims: Iterator[Pair] = iter(chance.sample(sorted(objects.values(), key=lambda each: each.place), len(kinds)))
    planted = set()
    for kind, victim in zip(kinds, victims, strict=True):
        chance.choice(PLANTS[kind])(books, victim, chance)
        planted.add((kind, victim.stripe_object))
    return planted
