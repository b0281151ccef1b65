"""State what is owed against what there is, sign it, and let everybody check their own part.

There are two sides in every currency, each with a tree of its own: what the platform owes against the platform's
balance at Stripe (moment.py), and what lies in sellers' own accounts there (balances.py). What a call to Stripe has
moved and the books do not have yet is named (`moving`), so that no alarm comes from being looked at in the middle of a
payment. What seems to be missing is looked at again before anything is stated of it: the books come from an index.
"""

import base64
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.kit.ids import Ids
from marketplace.kit.writes import Transactions
from marketplace.ledger.model import WITH_BANK
from marketplace.ledger.postings import commission_parts
from marketplace.orders.model import Order
from marketplace.solvency import stopping
from marketplace.solvency.balances import (
    LOOK_AGAIN_AFTER_SECONDS,
    LOOKS_MAX,
    BalancesOfSellers,
    Compared,
    Counted,
    Whose,
    stated,
)
from marketplace.solvency.claims import anomalies, claims_of, moving_of, status_of
from marketplace.solvency.leaves import in_leaf_order, leaf_of, root_hash, salt_of
from marketplace.solvency.model import (
    BALANCE,
    BASE_VERSION,
    SHORT,
    Base,
    Claim,
    Covering,
    Place,
    Positions,
    Signed,
    SolvencyMissing,
)
from marketplace.solvency.moment import Moment, Moments, UnreadableBooks, day_of
from marketplace.solvency.ports import Orders, Payments, Proofs, Signer, Switch
from marketplace.solvency.text import hash_of, statement_text
from marketplace.solvency.tree import Sibling, levels, path_of

ORDERS_IN_READ = 100


@dataclass(frozen=True, slots=True)
class Run:
    """What a run found and published."""

    signed: Signed
    coverings: tuple[Covering, ...]
    anomalies: tuple[Place, ...]
    missing: tuple[Compared, ...] = ()  # sellers' balances of which Stripe holds less, and nothing explains it
    wrong: tuple[Whose, ...] = ()  # those that do not say what the books say

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


class Solvency:
    """Makes statements, and proves single claims of them."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        moments: Moments,
        balances: BalancesOfSellers,
        orders: Orders,
        payments: Payments,
        signer: Signer,
        proofs: Proofs,
        switch: Switch,
        stage: str,
        pause: Callable[[float], None],
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._tx = transactions
        self._moments = moments
        self._sellers = balances
        self._orders = orders
        self._payments = payments
        self._signer = signer
        self._proofs = proofs
        self._switch = switch
        self._stage = stage
        self._pause = pause

    def run(self) -> Run:
        """State now, sign, publish; stop payments of a currency of which more is owed than there is.

        Raises: UnreadableBooks, once everything is stopped: nobody can say then what is owed; Unavailable.
        """
        try:
            return self._stated()
        except UnreadableBooks as error:
            stopping.stop(self._switch, [stopping.of_unreadable(error)])
            raise

    def _stated(self) -> Run:
        now = self._clock.now()
        run_id = self._ids.new("slv", now)
        last = self._proofs.latest()
        moment, orders = self._confirmed(self._base(last))
        counted = self._sellers.count(
            moment.positions, lambda: self._moments.books(moment.base), self._moments.returning
        )
        seed = self._ids.secret()
        owed = [self._with_people(each, orders) for each in claims_of(moment.positions)]
        claims = in_leaf_order(seed, [*owed, *counted.claims])
        coverings = tuple(_with_balances(self._coverings(moment, claims, orders, seed), claims, counted, seed))
        text = statement_text(self._stage, now, coverings, hash_of(last.text) if last else None)
        signature = base64.b64encode(self._signer.sign(text.encode())).decode()
        signed = Signed(run_id, day_of(now).isoformat(), now, text, signature, self._signer.key_id)
        for portion in self._proofs.keep(run_id, seed, claims, moment.base):
            self._tx.commit(portion)
        self._tx.commit([self._proofs.publish(signed)])
        made = Run(signed, coverings, tuple(anomalies(moment.positions)), counted.missing, tuple(counted.wrong))
        wrong = {place: moment.positions[place] for place in made.anomalies}
        stops = stopping.of_platform(signed.date, made.short, wrong)
        stopping.stop(self._switch, [*stops, *stopping.of_sellers(signed.date, counted)])
        return made

    def _confirmed(self, base: Base | None) -> tuple[Moment, Mapping[str, Order]]:
        """Read both sides, and again after a pause while something is missing or cannot be: a row may come too late.

        Where nobody answers another look, what the one before it saw counts.
        """
        seen = self._seen(base)
        for _look in range(LOOKS_MAX - 1):
            if self._is_in_order(*seen):
                break
            self._pause(LOOK_AGAIN_AFTER_SECONDS)
            try:
                seen = self._seen(seen[0].base)  # what is over for certain is read once, however far back
            except Unavailable:
                break
        return seen

    def _seen(self, base: Base | None) -> tuple[Moment, Mapping[str, Order]]:
        moment = self._moments.since(base)
        return moment, self._orders_of(moment.positions)

    def _is_in_order(self, moment: Moment, orders: Mapping[str, Order]) -> bool:
        coverings = self._coverings(moment, claims_of(moment.positions), orders, "")
        return not anomalies(moment.positions) and all(each.status != SHORT for each in coverings)

    def look(self) -> Look:
        """Return how every currency stands now; nothing is signed, published or stopped.

        Raises: UnreadableBooks; Unavailable.
        """
        last = self._proofs.latest()
        moment = self._moments.since(self._proofs.base(last.run_id) if last else None)
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
        trees: defaultdict[tuple[str, bool], list[Claim]] = defaultdict(list)
        for claim in self._proofs.claims(signed.run_id):
            trees[claim.currency, claim.kind == BALANCE].append(claim)
        found: list[Proof] = []
        for claims in trees.values():
            own = [place for place, claim in enumerate(claims) if account_id in claim.people]
            tree = levels([leaf_of(seed, claim) for claim in claims]) if own else []
            found += [Proof(claims[each], salt_of(seed, claims[each]), tuple(path_of(tree, each))) for each in own]
        return signed, found

    def _base(self, last: Signed | None) -> Base | None:
        """Return what to begin from; a base that did not count what is counted now is folded anew from the books."""
        base = self._proofs.base(last.run_id) if last else None
        return base if base and base.version == BASE_VERSION else None

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
        self, moment: Moment, claims: Sequence[Claim], orders: Mapping[str, Order], seed: str
    ) -> Iterable[Covering]:
        moving = moving_of(moment.under_way)
        known = {currency for _, _, currency in moment.positions}
        for currency in sorted({*known, *(code for code, minor in moment.at_stripe.items() if minor)}):
            own = [each for each in claims if each.currency == currency and each.kind != BALANCE]
            owed: Counter[str] = Counter()
            for claim in own:
                owed[claim.kind] += claim.amount_minor
            expected = sum(_expected(claim, orders) for claim in own if claim.kind == "held")
            at_stripe = moment.at_stripe.get(currency, 0)
            yield Covering(
                currency,
                dict(sorted(owed.items())),
                len(own),
                root_hash(seed, own),
                at_stripe,
                expected,
                _sum(moment.positions, currency, WITH_BANK),
                _sum(moment.positions, currency, "seller_debt"),
                moving[currency],
                status_of(owed.total(), at_stripe, expected, moving[currency]),
            )


def _with_balances(
    coverings: Iterable[Covering], claims: Sequence[Claim], counted: Counted, seed: str
) -> Iterable[Covering]:
    for each in coverings:
        own = [claim for claim in claims if claim.currency == each.currency and claim.kind == BALANCE]
        yield replace(each, balances=stated(own, counted, each.currency, seed))


def _expected(claim: Claim, orders: Mapping[str, Order]) -> int:
    """Return the commission, without VAT, that a held order brings should all of it go to the seller."""
    order = orders.get(claim.subject)
    return commission_parts(order, min(claim.amount_minor, order.total_minor))[0] if order else 0


def _sum(positions: Positions, currency: str, account: str) -> int:
    found = (minor for (_, name, code), minor in positions.items() if code == currency and _is(name, account))
    return sum(found)


def _is(name: str, account: str) -> bool:
    return name.partition(":")[0] == account
