"""State what is owed against what there is, sign it, and let everybody check their own part.

The books are folded from the last statement on: each run leaves the positions at the end of a day to which nothing can
be booked any more, and the next adds the days since. Stripe's balance is asked between two looks at today's bookings;
when both looks agree, the two sides are of one moment. What a call to Stripe has moved and the books do not have yet is
named (`moving`), so that no alarm comes from being looked at in the middle of a payment.
"""

import base64
import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from marketplace.kit.clock import Clock
from marketplace.kit.ids import Ids
from marketplace.kit.writes import Transactions
from marketplace.ledger.model import WITH_BANK, LedgerTransaction
from marketplace.ledger.postings import commission_parts
from marketplace.orders.model import Order
from marketplace.payments.model import Intent, IntentKind
from marketplace.solvency import stopping
from marketplace.solvency.claims import anomalies, claims_of, folded, moving_of, status_of, with_returning
from marketplace.solvency.model import SHORT, Base, Claim, Covering, Place, Positions, Signed, SolvencyMissing
from marketplace.solvency.ports import Balances, Ledger, Orders, Payments, Proofs, Signer, Switch
from marketplace.solvency.text import hash_of, statement_text
from marketplace.solvency.tree import Node, Sibling, leaf, levels, path_of, root_of

FIRST_DAY = date(2026, 11, 1)  # no book is older than the software
DAY_CLOSES_AFTER = timedelta(hours=3)  # nothing is booked to a day, nor missing in its index, so long after its end
LOOKS_MAX = 3  # at a moment that does not hold still
ORDERS_IN_READ = 100
INTENTS_MAX = 500  # more than that are on their way only when something else is wrong
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Run:
    """What a run found and published."""

    signed: Signed
    coverings: tuple[Covering, ...]
    anomalies: tuple[Place, ...]

    @property
    def short(self) -> tuple[Covering, ...]:
        return tuple(each for each in self.coverings if each.status == SHORT)


@dataclass(frozen=True, slots=True)
class Proof:
    """That one claim is in a statement: its leaf's parts and the way to the root."""

    claim: Claim
    salt: bytes
    path: tuple[Sibling, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """How every currency stands at one moment, without a statement."""

    coverings: tuple[Covering, ...]
    positions: Positions


@dataclass(frozen=True, slots=True)
class _Moment:
    positions: Positions
    base: Base
    at_stripe: Mapping[str, int]
    under_way: Sequence[Intent]  # calls to Stripe that may have moved money already


class Solvency:
    """Makes statements, and proves single claims of them."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        ledger: Ledger,
        orders: Orders,
        payments: Payments,
        balances: Balances,
        signer: Signer,
        proofs: Proofs,
        switch: Switch,
        stage: str,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._tx = transactions
        self._ledger = ledger
        self._orders = orders
        self._payments = payments
        self._balances = balances
        self._signer = signer
        self._proofs = proofs
        self._switch = switch
        self._stage = stage

    def run(self) -> Run:
        """State now, sign, publish; stop payments of a currency of which more is owed than there is.

        Raises: Unavailable.
        """
        now = self._clock.now()
        run_id = self._ids.new("slv", now)
        last = self._proofs.latest()
        moment = self._moment(last, now)
        orders = self._orders_of(moment.positions)
        seed = self._ids.secret()
        claims = _in_leaf_order(seed, [self._with_people(each, orders) for each in claims_of(moment.positions)])
        coverings = tuple(self._coverings(moment, claims, orders, seed))
        text = statement_text(self._stage, now, coverings, hash_of(last.text) if last else None)
        signature = base64.b64encode(self._signer.sign(text.encode())).decode()
        signed = Signed(run_id, _day(now).isoformat(), now, text, signature, self._signer.key_id)
        for portion in self._proofs.keep(run_id, seed, claims, moment.base):
            self._tx.commit(portion)
        self._tx.commit([self._proofs.publish(signed)])
        made = Run(signed, coverings, tuple(anomalies(moment.positions)))
        stopping.stop(self._switch, signed.date, made.short, made.anomalies)
        return made

    def look(self) -> Look:
        """Return how every currency stands now; nothing is signed, published or stopped.

        Raises: Unavailable.
        """
        moment = self._moment(self._proofs.latest(), self._clock.now())
        claims = claims_of(moment.positions)
        coverings = self._coverings(moment, claims, self._orders_of(moment.positions), "")
        return Look(tuple(coverings), moment.positions)

    def statement(self, day: str | None = None) -> Signed:
        """Return the latest statement, or the last one of a day.

        Raises: SolvencyMissing.
        """
        found = self._proofs.latest(day)
        if found is None:
            raise SolvencyMissing
        return found

    def public_key(self) -> str:
        """Return the key that checks the signatures, DER in base 64.

        Raises: Unavailable.
        """
        return base64.b64encode(self._signer.public_key()).decode()

    def proofs(self, account_id: str, day: str | None = None) -> tuple[Signed, list[Proof]]:
        """Return a statement and the proof of every claim in it that is this account's to check.

        Raises: SolvencyMissing.
        """
        signed = self.statement(day)
        seed = self._proofs.seed(signed.run_id)
        by_currency: defaultdict[str, list[Claim]] = defaultdict(list)
        for claim in self._proofs.claims(signed.run_id):
            by_currency[claim.currency].append(claim)
        found: list[Proof] = []
        for claims in by_currency.values():
            own = [place for place, claim in enumerate(claims) if account_id in claim.people]
            tree = levels([_leaf(seed, claim) for claim in claims]) if own else []
            found += [Proof(claims[each], _salt(seed, claims[each]), tuple(path_of(tree, each))) for each in own]
        return signed, found

    def _moment(self, last: Signed | None, now: datetime) -> _Moment:
        """Read both sides so that they are of one moment, as far as the world holds still."""
        base = self._closed(self._proofs.base(last.run_id) if last else None, now)
        for _look in range(LOOKS_MAX):
            before = self._since(base, now)
            at_stripe, under_way = self._balances.balances(), self._under_way(now)
            after = self._since(base, self._clock.now())
            if _names(before) == _names(after):
                break
        positions = with_returning(folded(base.positions, after), self._returning(under_way))
        return _Moment(positions, base, at_stripe, under_way)

    def _under_way(self, now: datetime) -> list[Intent]:
        """Return open intents, and those whose outcome nobody knows."""
        names = (each for queue in ("open", "parked") for each in self._payments.due(queue, now + DAY, INTENTS_MAX))
        found = (self._payments.intent(intent_id) for intent_id in names)
        return [intent for intent in found if intent is not None and not intent.is_over]

    def _returning(self, under_way: Iterable[Intent]) -> Counter[tuple[str, str]]:
        """Sum what is being taken back from sellers' Stripe accounts, by seller and currency."""
        back = [each for each in under_way if each.kind is IntentKind.REVERSAL and each.order_id]
        names = sorted({str(each.order_id) for each in back})
        sellers = {each.order_id: each.seller_id for each in self._orders.read_many(names)} if names else {}
        coming: Counter[tuple[str, str]] = Counter()
        for each in back:
            coming[sellers[str(each.order_id)], each.currency] += each.amount_minor
        return coming

    def _closed(self, base: Base | None, now: datetime) -> Base:
        """Bring the base forward to the last day that is over for certain."""
        day = date.fromisoformat(base.through) + DAY if base else FIRST_DAY
        until = _day(now - DAY_CLOSES_AFTER) - DAY
        positions = dict(base.positions) if base else {}
        while day <= until:
            positions = folded(positions, self._ledger.of_day(day))
            day += DAY
        return Base((day - DAY).isoformat(), positions)

    def _since(self, base: Base, now: datetime) -> list[LedgerTransaction]:
        day, found = date.fromisoformat(base.through) + DAY, list[LedgerTransaction]()
        while day <= _day(now):
            found += self._ledger.of_day(day)
            day += DAY
        return found

    def _orders_of(self, positions: Positions) -> dict[str, Order]:
        books = sorted({book for book, _, _ in positions if book.startswith("ord_")})
        read = (self._orders.read_many(books[at : at + ORDERS_IN_READ]) for at in range(0, len(books), ORDERS_IN_READ))
        return {order.order_id: order for some in read for order in some}

    def _with_people(self, claim: Claim, orders: Mapping[str, Order]) -> Claim:
        order = orders.get(claim.subject)
        if order is not None:
            return replace(claim, people=(order.buyer_id, order.seller_id))
        payment = self._payments.read(claim.subject) if claim.subject.startswith("pay_") else None
        return replace(claim, people=(payment.buyer_id,)) if payment else claim

    def _coverings(
        self, moment: _Moment, claims: Sequence[Claim], orders: Mapping[str, Order], seed: str
    ) -> Iterable[Covering]:
        moving = moving_of(moment.under_way)
        known = {currency for _, _, currency in moment.positions}
        for currency in sorted({*known, *(code for code, minor in moment.at_stripe.items() if minor)}):
            own = [claim for claim in claims if claim.currency == currency]
            owed: Counter[str] = Counter()
            for claim in own:
                owed[claim.kind] += claim.amount_minor
            expected = sum(_expected(claim, orders) for claim in own if claim.kind == "held")
            at_stripe = moment.at_stripe.get(currency, 0)
            yield Covering(
                currency,
                dict(sorted(owed.items())),
                len(own),
                root_of([_leaf(seed, claim) for claim in own]).hash.hex(),
                at_stripe,
                expected,
                _sum(moment.positions, currency, WITH_BANK),
                _sum(moment.positions, currency, "seller_debt"),
                moving[currency],
                status_of(owed.total(), at_stripe, expected, moving[currency]),
            )


def _expected(claim: Claim, orders: Mapping[str, Order]) -> int:
    """Return the commission, without VAT, that a held order brings should all of it go to the seller."""
    order = orders.get(claim.subject)
    return commission_parts(order, min(claim.amount_minor, order.total_minor))[0] if order else 0


def _in_leaf_order(seed: str, claims: Iterable[Claim]) -> list[Claim]:
    """Sort by salt, so that who stands beside whom says nothing."""
    return sorted(claims, key=lambda claim: _salt(seed, claim))


def _leaf(seed: str, claim: Claim) -> Node:
    return leaf(_salt(seed, claim), claim.name, claim.currency, claim.amount_minor)


def _salt(seed: str, claim: Claim) -> bytes:
    return hmac.new(seed.encode(), f"{claim.currency}#{claim.name}".encode(), hashlib.sha256).digest()


def _sum(positions: Positions, currency: str, account: str) -> int:
    found = (minor for (_, name, code), minor in positions.items() if code == currency and _is(name, account))
    return sum(found)


def _is(name: str, account: str) -> bool:
    return name.partition(":")[0] == account


def _names(transactions: Iterable[LedgerTransaction]) -> set[tuple[str, str]]:
    return {(each.book, each.key) for each in transactions}


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
