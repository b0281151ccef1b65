"""Claims, positions and the signed statement as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from marketplace.kit.errors import Conflict, Invalid, Missing

COVERED, COVERED_WHEN_RELEASED, UNSETTLED, SHORT = "covered", "covered_when_released", "unsettled", "short"
PARTLY_COMPARED, UNSOUND = "partly_compared", "unsound"
BALANCE = "balance"  # the kind of claim that lies in a seller's own account at Stripe, in a tree of its own

Place = tuple[str, str, str]  # book ("" where the account is one of the whole house), account, currency
Positions = Mapping[Place, int]  # as the books sign them: liabilities are negative
BASE_VERSION = 2  # of what positions count; 1 knew nothing of what was sent to sellers


class SolvencyMissing(Missing):
    """No statement was made on that day."""

    code = "solvency_not_found"
    title_en = "There is no proof of solvency of that day."
    title_es = "No hay prueba de solvencia de ese día."


class BadDay(Invalid):
    """This is not a day."""

    code = "bad_day"
    title_en = "This is not a date (YYYY-MM-DD)."
    title_es = "Esto no es una fecha (AAAA-MM-DD)."


class AlreadyStated(Conflict):
    """A statement of this very moment exists."""

    code = "already_stated"


@dataclass(frozen=True, slots=True)
class Claim:
    """Money that is owed; `people` are those who may check it."""

    name: str
    currency: str
    amount_minor: int  # more than 0
    people: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.name.partition(":")[0]

    @property
    def subject(self) -> str:
        return self.name.partition(":")[2]


@dataclass(frozen=True, slots=True)
class SellersBalances:
    """One currency: what sellers have beyond the platform's balance, and what Stripe holds of it for each of them.

    Nobody's surplus makes up for what another lacks: `missing_minor` and `over_minor` are sums over single accounts.
    """

    total_minor: int  # of all claims, and of the root
    claims: int
    root: str  # hexadecimal
    compared: int  # claims about which Stripe was asked
    compared_minor: int  # their sum
    at_stripe_minor: int  # in these accounts, and on its way from there to banks, as Stripe said
    missing_minor: int
    over_minor: int
    returning_minor: int  # of what is missing: in calls that bring it back, whose outcome was not recorded
    unsound: int  # balances that do not add up, or do not say what the books say was sent
    status: str


@dataclass(frozen=True, slots=True)
class Covering:
    """One currency: what is owed and what there is."""

    currency: str
    owed_minor: Mapping[str, int]  # by kind of claim
    claims: int
    root: str  # hexadecimal
    at_stripe_minor: int  # available and pending, as Stripe said
    expected_commission_minor: int  # without VAT, should all that is held go to the sellers
    with_banks_minor: int  # taken back by banks while they look; no asset
    sellers_debts_minor: int  # owed by sellers; no asset
    moving_minor: int  # in calls to Stripe whose outcome was not recorded at that moment
    status: str
    balances: SellersBalances | None = None  # None where only the platform's side was looked at

    @property
    def total_owed_minor(self) -> int:
        return sum(self.owed_minor.values())

    @property
    def shortfall_minor(self) -> int:
        return max(0, self.total_owed_minor - self.at_stripe_minor)


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement as it was published: the very bytes that were signed, and by what."""

    run_id: str
    date: str  # YYYY-MM-DD, UTC
    at: datetime
    text: str
    signature: str  # base 64, DER
    key_id: str


@dataclass(frozen=True, slots=True)
class Base:
    """What a later run begins from: the positions at the end of a day that nothing can be booked to any more."""

    through: str  # YYYY-MM-DD
    positions: Positions
    version: int = BASE_VERSION
