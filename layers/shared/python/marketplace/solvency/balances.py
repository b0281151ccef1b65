"""What sellers have beyond the platform's balance: each counted, and asked about where it lies.

After a release the money is in the seller's own account at Stripe, under our payout schedule. Whose balances there are
follows from the books (everything ever sent to a seller), so that none is forgotten because nothing lists it; a balance
must say of itself what the books say was sent. Then Stripe is asked account by account, in bounded time: what it holds
there and has on its way to the bank is all that the balance says is not at the bank yet.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.payouts.errors import PayoutRefused
from marketplace.payouts.model import Payout, Purse
from marketplace.solvency.claims import sent_of
from marketplace.solvency.leaves import root_hash
from marketplace.solvency.model import (
    BALANCE,
    COVERED,
    PARTLY_COMPARED,
    SHORT,
    UNSETTLED,
    UNSOUND,
    Claim,
    Positions,
    SellersBalances,
)
from marketplace.solvency.moment import day_of, in_portions
from marketplace.solvency.ports import Connected, ConnectedAccounts, Purses

COMPARED_MAX = 2_000  # balances of which Stripe is asked in a run: a call of some 0.2 s each
COMPARING_FOR = timedelta(minutes=8)  # and no longer, however slow Stripe is: a run has 15 minutes for everything
LOOKS_MAX = 3  # at a balance that does not agree
LOOK_AGAIN_AFTER_SECONDS = 2.0  # the books come from an index, which is behind by less
_NOT_IN_TRANSIT = frozenset({"failed", "canceled"})

Whose = tuple[str, str]  # seller, currency


@dataclass(frozen=True, slots=True)
class Compared:
    """One balance and what Stripe had of it, as they stood when Stripe was asked."""

    purse: Purse
    at_stripe_minor: int  # in the account, and on its way from there to a bank
    returning_minor: int = 0  # that calls may have brought back already

    @property
    def difference_minor(self) -> int:
        return self.at_stripe_minor - self.purse.unpaid_minor

    @property
    def missing_minor(self) -> int:
        return max(0, -self.difference_minor)

    @property
    def unexplained_minor(self) -> int:
        return max(0, self.missing_minor - self.returning_minor)


@dataclass(frozen=True, slots=True)
class Counted:
    """Every balance, those that were compared, and those that cannot be right by our own records."""

    purses: tuple[Purse, ...]
    compared: tuple[Compared, ...]
    wrong: Mapping[Whose, str]  # and how: the same words as long as nothing else goes wrong

    @property
    def claims(self) -> list[Claim]:
        """Return what is more than nothing as claims of its seller."""
        found = ((each.seller_id, each.currency, each.unpaid_minor) for each in self.purses)
        return [Claim(f"{BALANCE}:{whose}", code, minor, (whose,)) for whose, code, minor in found if minor > 0]

    @property
    def missing(self) -> tuple[Compared, ...]:
        return tuple(each for each in self.compared if each.unexplained_minor)


class BalancesOfSellers:
    """Counts sellers' balances and compares them with Stripe."""

    def __init__(
        self,
        *,
        clock: Clock,
        purses: Purses,
        accounts: ConnectedAccounts,
        stripe: Connected,
        pause: Callable[[float], None],
    ) -> None:
        self._clock = clock
        self._purses = purses
        self._accounts = accounts
        self._stripe = stripe
        self._pause = pause

    def count(
        self, positions: Positions, books: Callable[[], Positions], returning: Callable[[], Mapping[Whose, int]]
    ) -> Counted:
        """Count every balance, and compare as many as a run can.

        `books` reads the books anew, `returning` what is on its way back; both are asked where something disagrees.
        """
        sent = sent_of(positions)
        read = self._read(sent)
        wrong = self._wrong(_disagreeing(read, sent), books)
        compared = {_whose(each.purse): each for each in self._compare(list(read.values()), returning)}
        purses = tuple(compared[whose].purse if whose in compared else purse for whose, purse in read.items())
        return Counted(purses, tuple(compared.values()), wrong)

    def _wrong(self, suspected: Mapping[Whose, str], books: Callable[[], Positions]) -> Mapping[Whose, str]:
        """Return those that disagree with the books at every look; what moves meanwhile is judged at the next."""
        for _look in range(LOOKS_MAX - 1):
            if not suspected:
                break
            self._pause(LOOK_AGAIN_AFTER_SECONDS)
            before, sent, after = self._read(suspected), sent_of(books()), self._read(suspected)
            still = {each: purse for each, purse in after.items() if purse.version == before[each].version}
            suspected = _disagreeing(still, sent)
        return suspected

    def _read(self, whose: Iterable[Whose]) -> dict[Whose, Purse]:
        found = {each: Purse(*each) for each in sorted(whose)}
        for some in in_portions(list(found)):
            found |= {_whose(purse): purse for purse in self._purses.purses_of(some)}
        return found

    def _compare(self, purses: Sequence[Purse], returning: Callable[[], Mapping[Whose, int]]) -> Iterator[Compared]:
        began = self._clock.now()
        for some in in_portions(_turn([each for each in purses if each.unpaid_minor > 0], began)):
            accounts = self._accounts.stripe_accounts(sorted({each.seller_id for each in some}))
            for purse in some:
                if self._clock.now() - began >= COMPARING_FOR:
                    return
                found = self._asked(purse, accounts.get(purse.seller_id), returning)
                if found is not None:
                    yield found

    def _asked(
        self, purse: Purse, account_id: str | None, returning: Callable[[], Mapping[Whose, int]]
    ) -> Compared | None:
        """Compare one balance; None where Stripe does not say, or where nothing is left to compare."""
        if account_id is None:
            return None
        try:
            found = self._seen(purse, account_id, returning)
        except (Unavailable, PayoutRefused):
            return None
        return found if found.purse.unpaid_minor > 0 else None

    def _seen(self, purse: Purse, account_id: str, returning: Callable[[], Mapping[Whose, int]]) -> Compared:
        """Look again at what is missing: Stripe first, then what may have come back, then the balance, as it moved.

        What is missing still at the last look, of a balance that held still during it, is missing.
        """
        for _look in range(LOOKS_MAX):
            found = Compared(purse, self._at_stripe(purse, account_id))
            if not found.missing_minor:
                break
            coming_minor = returning().get(_whose(purse), 0)
            after = self._read([_whose(purse)])[_whose(purse)]
            moved = after.version != purse.version
            found = replace(found, returning_minor=found.missing_minor if moved else coming_minor)
            purse = after
        return found

    def _at_stripe(self, purse: Purse, account_id: str) -> int:
        """Return what lies in the account, and what payouts of ours have taken out of it that we have in transit.

        In this order: what leaves meanwhile is seen twice, and never not at all.
        """
        held_minor = self._stripe.held(account_id).get(purse.currency, 0)
        return held_minor + sum(each.amount_minor for each in self._purses.moving(purse) if self._has_left(each))

    def _has_left(self, payout: Payout) -> bool:
        """Say whether Stripe took it out of the account: what the bank has already our record only follows."""
        if payout.stripe_payout_id:
            found = self._stripe.read(payout.stripe_account_id, payout.stripe_payout_id)
            return found.status not in _NOT_IN_TRANSIT
        adopted = self._stripe.find(payout) if payout.may_have_left else None
        return adopted is not None and adopted.status not in _NOT_IN_TRANSIT


def stated(claims: Sequence[Claim], counted: Counted, currency: str, seed: str) -> SellersBalances:
    """Sum up one currency; `claims` are in the order of their leaves."""
    asked = [each for each in counted.compared if each.purse.currency == currency]
    unsound = sum(code == currency for _, code in counted.wrong)
    return SellersBalances(
        total_minor=sum(each.amount_minor for each in claims),
        claims=len(claims),
        root=root_hash(seed, claims),
        compared=len(asked),
        compared_minor=sum(each.purse.unpaid_minor for each in asked),
        at_stripe_minor=sum(each.at_stripe_minor for each in asked),
        missing_minor=sum(each.missing_minor for each in asked),
        over_minor=sum(max(0, each.difference_minor) for each in asked),
        returning_minor=sum(each.missing_minor - each.unexplained_minor for each in asked),
        unsound=unsound,
        status=_status(asked, unsound, len(claims)),
    )


def _status(asked: Sequence[Compared], unsound: int, claims: int) -> str:
    if any(each.unexplained_minor for each in asked):
        return SHORT
    if any(each.missing_minor for each in asked):
        return UNSETTLED
    if unsound:
        return UNSOUND
    return COVERED if len(asked) == claims else PARTLY_COMPARED


def _disagreeing(purses: Mapping[Whose, Purse], sent: Mapping[Whose, int]) -> dict[Whose, str]:
    """Say what is wrong with each that is, in amounts that stay as they are while right money comes and goes."""
    told = {whose: "; ".join(_wrongs(purse, sent.get(whose, 0))) for whose, purse in purses.items()}
    return {whose: wrongs for whose, wrongs in told.items() if wrongs}


def _wrongs(purse: Purse, sent_minor: int) -> Iterator[str]:
    came_minor = purse.earned_minor - purse.reversed_minor
    if came_minor != sent_minor:
        yield f"the balance is {came_minor - sent_minor:+} {purse.currency} (minor units) off what the books say"
    if not purse.is_sound:
        parts_minor = purse.unpaid_minor + purse.paid_minor
        yield f"its parts are {parts_minor - came_minor:+} {purse.currency} (minor units) off their sum"
        for bucket in ("reserved", "in_transit", "paid", "earned", "reversed"):
            minor = getattr(purse, f"{bucket}_minor")
            if minor < 0:
                yield f"{bucket} is {minor}"


def _turn(purses: Sequence[Purse], now: datetime) -> list[Purse]:
    """Choose whom a run asks about: all, or a part that moves on every day, so that everybody has their turn."""
    if len(purses) <= COMPARED_MAX:
        return list(purses)
    start = day_of(now).toordinal() * COMPARED_MAX % len(purses)
    return [*purses, *purses][start : start + COMPARED_MAX]


def _whose(purse: Purse) -> Whose:
    return purse.seller_id, purse.currency
