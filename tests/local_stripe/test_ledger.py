"""Random histories: whatever is tried, in whatever order, the books balance."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.stripe import LedgerBroken, LocalStripe
from infra.local.stripe.ledger import Ledger, Line
from tests.local_stripe.shop import Clock

KEY = {"Authorization": "Bearer sk_test_x"}
CARDS = ["visa", "bypassPending", "chargeDeclined", "createDispute", "createDisputeInquiry"]
CURRENCIES = ["eur", "usd"]

amounts = st.integers(50, 12_000)
picks = st.integers(0, 7)
steps = st.one_of(
    st.tuples(st.just("pay"), amounts, st.sampled_from(CARDS), st.sampled_from(CURRENCIES)),
    st.tuples(st.just("transfer"), amounts, picks, st.booleans()),
    st.tuples(st.just("reverse"), amounts, picks),
    st.tuples(st.just("refund"), amounts, picks),
    st.tuples(st.just("dispute"), amounts, picks),
    st.tuples(st.just("decide"), picks, st.booleans()),
    st.tuples(st.just("payout"), amounts, picks),
    st.tuples(st.just("wait"), st.integers(1, 3)),
)


class Market:
    """Carries out random moves; refusals are fine, broken books are not."""

    def __init__(self):
        self.clock = Clock()
        self.core = LocalStripe(clock=self.clock)
        self.sellers = [self.seller() for _ in range(2)]
        for currency in CURRENCIES:
            self.pay(10_000, "visa", currency)

    def call(self, path, account=None, **params):
        headers = {**KEY, "Stripe-Account": account} if account else KEY
        body = "&".join(f"{name}={value}" for name, value in params.items())
        return self.core.handle("POST", path, headers, body).json()

    def seller(self):
        account = self.call("/v1/accounts", type="express", **{"capabilities[transfers][requested]": "true"})
        self.core.finish_onboarding(account["id"])
        return account["id"]

    def one(self, kind, pick):
        found = self.core.objects(kind)
        return found[pick % len(found)] if found else None

    def pay(self, amount, card, currency):
        method = f"pm_card_{card}"
        given = {"amount": amount, "currency": currency, "return_url": "x", "payment_method": method}
        self.call("/v1/payment_intents", confirm="true", **given)

    def transfer(self, amount, pick, tied):
        charge, seller = self.one("charge", pick), self.sellers[pick % 2]
        if charge:
            source = {"source_transaction": charge["id"]} if tied else {}
            self.call("/v1/transfers", amount=amount, currency=charge["currency"], destination=seller, **source)

    def reverse(self, amount, pick):
        transfer = self.one("transfer", pick)
        if transfer:
            self.call(f"/v1/transfers/{transfer['id']}/reversals", amount=amount)

    def refund(self, amount, pick):
        charge = self.one("charge", pick)
        if charge:
            self.call("/v1/refunds", charge=charge["id"], amount=amount)

    def dispute(self, amount, pick):
        charge = self.one("charge", pick)
        left = charge["amount_captured"] - charge["amount_refunded"] if charge else 0
        if left and not charge["disputed"]:
            self.core.open_dispute(charge["id"], amount=min(amount, left))

    def decide(self, pick, won):
        dispute = self.one("dispute", pick)
        if dispute and dispute["status"].endswith("needs_response"):
            self.core.close_dispute(dispute["id"], won=won)

    def payout(self, amount, pick):
        self.call("/v1/payouts", self.sellers[pick % 2], amount=amount, currency=CURRENCIES[pick % 2])

    def wait(self, days):
        self.clock.move(days=days)
        self.core.tick()


@settings(max_examples=80, deadline=None)
@given(st.lists(steps, min_size=8, max_size=40))
def test_whatever_happens_the_books_balance_and_no_limit_is_passed(history):
    market = Market()
    for name, *arguments in history:
        getattr(market, name)(*arguments)
        market.core.audit()

    for charge in market.core.objects("charge"):
        assert 0 <= charge["amount_refunded"] <= charge["amount_captured"] <= charge["amount"]
        tied = [t for t in market.core.objects("transfer") if t["source_transaction"] == charge["id"]]
        assert sum(t["amount"] - t["amount_reversed"] for t in tied) <= charge["amount_captured"]
    for transfer in market.core.objects("transfer"):
        assert 0 <= transfer["amount_reversed"] <= transfer["amount"]
    for seller in market.sellers:
        sums = market.core.balances().get(seller, {})
        assert all(bucket >= 0 for currency in sums.values() for bucket in currency.values())


def test_an_entry_that_does_not_balance_is_refused():
    with pytest.raises(LedgerBroken, match="unbalanced"):
        Ledger().post(Line("platform", "available", "eur", 5))


def test_a_balance_without_a_transaction_behind_it_is_found(shop):
    ledger = shop.core.world.books.ledger
    ledger.post(Line("platform", "available", "eur", 5), Line("outside:banks", "open", "eur", -5))

    with pytest.raises(LedgerBroken, match="balance 5, balance transactions 0"):
        shop.intent()


def test_money_that_leaves_one_balance_and_never_arrives_is_found(shop):
    books, now = shop.core.world.books, shop.core.world.now()
    books.write(
        "platform",
        "transfer",
        amount=-5,
        currency="eur",
        source=None,
        against="clearing",
        now=now,
        available_on=now,
    )

    with pytest.raises(LedgerBroken, match="never arrived"):
        books.check()
