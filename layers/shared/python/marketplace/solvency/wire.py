"""Proofs of solvency as JSON."""

import json
from typing import Annotated, Any

import msgspec

from marketplace.kit.clock import to_text
from marketplace.solvency.capital import Capital
from marketplace.solvency.model import Signed
from marketplace.solvency.service import Proof
from marketplace.solvency.tree import Sibling
from marketplace.staff.approvals import REASONS_LENGTH_MAX

HOW_TO_CHECK = (
    "1. Check `signature` (ECDSA P-256 with SHA-256, DER) over the UTF-8 bytes of `text` with `public_key`. 2. Read "
    "the root and the total of your currency in `text`; those of a claim `balance:<account>`, which is what was sent "
    "to a seller and is not at their bank yet, are in `balances`. 3. From GET /solvency/{date}/proof take your claims: "
    "hash the leaf, climb its path, and compare with root and total. docs/verify_solvency.py does all of it. Counted "
    "is all that the platform owes, and every seller's balance: available, reserved, held and on its way. The first is "
    "compared with the platform's balance at Stripe; the second account by account, `compared` of them in this run."
)
Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
StripeTransaction = Annotated[str, msgspec.Meta(pattern="^txn_[A-Za-z0-9_]{1,80}$", examples=["txn_1Q0abcDefGhIjKlM"])]


class NewCorrection(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The balance transaction of Stripe's that the books lack, and why it is the marketplace's own cost or gain."""

    transaction_id: StripeTransaction
    reasons: Annotated[str, msgspec.Meta(min_length=1, max_length=REASONS_LENGTH_MAX)]


class BalancesOfSellers(msgspec.Struct):
    """What lies in sellers' own accounts at Stripe or is on its way to their banks, in one currency's minor unit.

    `total_minor` is what all balances say, in `claims` leaves below `root`. Of `compared` of them, with a sum of
    `compared_minor`, Stripe was asked: `at_stripe_minor` is what it holds for these, `missing_minor` the sum over those
    of whom it holds less, `over_minor` over those of whom it holds more. Of what is missing, calls to Stripe that were
    not recorded yet explain `returning_minor`. `unsound` balances do not say what the books say was sent.

    covered: nothing is missing, and every balance was compared. partly_compared: nothing is missing of those compared;
    the others have their turn on the next days, or Stripe did not answer. unsound: there are such balances, and people
    look at them. unsettled: what is missing was just moving. short: Stripe holds less than a balance says, and nothing
    explains it.
    """

    total_minor: int
    claims: int
    root: str
    compared: int
    compared_minor: int
    at_stripe_minor: int
    missing_minor: int
    over_minor: int
    returning_minor: int
    unsound: int
    status: str


class CoveredCurrency(msgspec.Struct):
    """One currency, in its minor unit. `owed_minor` is by kind of claim; `status` says how the platform's side stands.

    What has been sent to sellers is not in it but in `balances`: null in statements from before it was counted.

    covered: Stripe holds at least what is owed. covered_when_released: it does without the commission that running
    orders will bring. unsettled: a payment was in the middle of being made. short: more is owed than there is.
    """

    owed_minor: dict[str, int]
    total_owed_minor: int
    claims: int
    root: str
    at_stripe_minor: int
    shortfall_minor: int
    expected_commission_minor: int
    with_banks_minor: int
    sellers_debts_minor: int
    moving_minor: int
    status: str
    balances: BalancesOfSellers | None = None


class SolvencyStatement(msgspec.Struct):
    """A signed statement. `text` is what was signed, to the byte; the other fields only repeat it."""

    date: str
    at: Moment
    currencies: dict[str, CoveredCurrency]
    previous: str | None
    text: str
    signature: str
    key_id: str
    public_key: str
    how_to_check: str


class PathStep(msgspec.Struct):
    """What stands beside the way at one level: the sum of others' claims, without saying whose."""

    side: str
    hash: str
    sum_minor: int


class ClaimProof(msgspec.Struct):
    """One claim that is yours to check: the parts of its leaf, and the way to the root."""

    claim: str
    currency: str
    amount_minor: int
    salt: str
    path: list[PathStep]


class SolvencyProof(msgspec.Struct):
    """Every claim of a statement that is yours: what is held for your orders, bought or sold, and what you earned.

    `owed:<account>` was not sent to your account at Stripe yet; `balance:<account>` was, and is not at your bank yet.
    """

    date: str
    text: str
    signature: str
    key_id: str
    public_key: str
    proofs: list[ClaimProof]


def statement_to_wire(signed: Signed, public_key: str) -> SolvencyStatement:
    """Show a statement to anybody."""
    told: dict[str, Any] = json.loads(signed.text)
    currencies = msgspec.convert(told["currencies"], dict[str, CoveredCurrency])
    return SolvencyStatement(
        signed.date,
        to_text(signed.at),
        currencies,
        told["previous"],
        signed.text,
        signed.signature,
        signed.key_id,
        public_key,
        HOW_TO_CHECK,
    )


def proof_to_wire(signed: Signed, proofs: list[Proof], public_key: str) -> SolvencyProof:
    """Show somebody that their claims were counted."""
    return SolvencyProof(
        signed.date,
        signed.text,
        signed.signature,
        signed.key_id,
        public_key,
        [
            ClaimProof(
                each.claim.name,
                each.claim.currency,
                each.claim.amount_minor,
                each.salt.hex(),
                [_step(sibling) for sibling in each.path],
            )
            for each in proofs
        ],
    )


def _step(sibling: Sibling) -> PathStep:
    return PathStep("left" if sibling.is_left else "right", sibling.node.hash.hex(), sibling.node.sum_minor)


class CapitalOfCurrency(msgspec.Struct):
    """One currency, in its minor unit.

    `put_in_minor` is what the owner put in less what they took out. `may_leave_minor` can be taken out now without
    going below what is owed; `missing_minor` would have to be put in for everything owed to be there.
    """

    put_in_minor: int
    at_stripe_minor: int
    available_minor: int
    total_owed_minor: int
    owed_minor: dict[str, int]
    sellers_debts_minor: int
    with_banks_minor: int
    moving_minor: int
    may_leave_minor: int
    missing_minor: int
    status: str


class CapitalShown(msgspec.Struct):
    """How the owner stands in every currency, at this moment."""

    currencies: dict[str, CapitalOfCurrency]


def capital_to_wire(found: list[Capital]) -> CapitalShown:
    """Show the owner's capital."""
    return CapitalShown({each.covering.currency: _of(each) for each in found})


def _of(capital: Capital) -> CapitalOfCurrency:
    covering = capital.covering
    return CapitalOfCurrency(
        put_in_minor=capital.put_in_minor,
        at_stripe_minor=covering.at_stripe_minor,
        available_minor=capital.available_minor,
        total_owed_minor=covering.total_owed_minor,
        owed_minor=dict(covering.owed_minor),
        sellers_debts_minor=covering.sellers_debts_minor,
        with_banks_minor=covering.with_banks_minor,
        moving_minor=covering.moving_minor,
        may_leave_minor=capital.may_leave_minor,
        missing_minor=capital.missing_minor,
        status=covering.status,
    )
