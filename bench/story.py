"""The operations that are measured, as one trade that is lived through again and again with a new buyer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyotp

from bench.meter import Invocation
from bench.stage import Stage, answered
from marketplace.accounts.model import Account, Session, digest, session_token
from marketplace.accounts.passwords import Argon2Passwords
from tests.fakes.trade import Trade

LISTINGS = 30  # on sale, so that a page of 24 has a next one
PAGE = 24
PRICE_MINOR = 10_000
STOCK = 1_000
ROUND_SECONDS = 61  # two steps of an authenticator app, so that each round's code is a new one
PASSWORD = "correct horse battery staple 7"  # noqa: S105 - of made-up people
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105
CARD = "pm_card_visa"

SIGN_IN, SIGN_IN_TOTP, WHO_AM_I = "sign in, password", "sign in, password and TOTP", "session check (who am I)"
BROWSE, READ_LISTING, QUOTE, CHECKOUT = "browse 24 listings", "read a listing", "quote", "checkout"
PAY, SHIP, CONFIRM, RELEASE = "payment completed", "ship", "confirm", "release"
REVIEW, REVIEW_BACK, READ_ORDER, DISPUTE = "review", "review back, both published", "read an order", "open a dispute"
# What one happy order consists of, for its price: a browsing buyer who signs in, buys, confirms, reviews.
HAPPY_ORDER = {
    SIGN_IN: 1,
    BROWSE: 5,
    READ_LISTING: 5,
    QUOTE: 1,
    CHECKOUT: 1,
    PAY: 1,
    READ_ORDER: 4,
    SHIP: 1,
    CONFIRM: 1,
    RELEASE: 1,
    REVIEW: 1,
    REVIEW_BACK: 1,
}


@dataclass(frozen=True, slots=True)
class Done:
    """One operation: the request somebody waits for, where there is one, and what follows by itself."""

    operation: str
    request: tuple[Invocation, ...]
    afterwards: tuple[Invocation, ...]
    request_transitions: int
    transitions: int


class Story:
    """A seller, a page of listings, and a way to trade them."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._trade = Trade(stage)
        self._password_hash = Argon2Passwords().hash(PASSWORD)
        self._known = self._account("known@aval.example", None)
        self._careful = self._account("careful@aval.example", TOTP_SECRET)
        self._seller = self._trade.seller()
        made = [self._trade.listing(self._seller, price_minor=PRICE_MINOR, stock=STOCK) for _ in range(LISTINGS)]
        self._listing_id = made[0].listing_id
        stage.drain()

    def live_through(self, *, timed: bool = False) -> Iterator[Done]:
        """Trade once, from signing in to the last review, and quarrel over a second order."""
        self._stage.clock.advance(seconds=ROUND_SECONDS)
        buyer, seller = self._token(self._trade.person("Buyer")), self._token(self._seller)
        api = self._stage.api

        def step(operation: str, act: Callable[[], Any], *, then: bool = True) -> Done:
            return self._step(operation, act, then=then, timed=timed)

        yield step(SIGN_IN, lambda: self._sign_in(self._known))
        yield step(SIGN_IN_TOTP, lambda: self._sign_in(self._careful, code=self._code()))
        yield step(WHO_AM_I, lambda: answered(api.get("/account", token=buyer)))
        yield step(BROWSE, self._browse)
        yield step(READ_LISTING, lambda: answered(api.get(f"/listings/{self._listing_id}")))
        yield step(QUOTE, lambda: answered(api.post("/quotes", self._cart(), token=buyer)))
        placed: list[Any] = []
        yield step(CHECKOUT, lambda: placed.append(self._check_out(buyer)))
        order = f"/orders/{placed[0]['orders'][0]['order_id']}"
        yield step(PAY, lambda: self._pay(placed[0]))
        yield step(READ_ORDER, lambda: answered(api.get(order, token=buyer)))
        yield step(SHIP, lambda: self._ship(order, seller))
        yield step(CONFIRM, lambda: answered(api.post(f"{order}/confirm", token=buyer)), then=False)
        yield step(RELEASE, lambda: None)
        assert answered(api.get(order, token=buyer))["state"] == "released"
        yield step(REVIEW, lambda: self._review(order, buyer))
        yield step(REVIEW_BACK, lambda: self._review(order, seller))
        other = self._ordered_and_shipped(buyer, seller)
        yield step(DISPUTE, lambda: self._quarrel(other, buyer))

    def _step(self, operation: str, act: Callable[[], Any], *, then: bool, timed: bool) -> Done:
        noted = self._stage.invocations
        before, entered = len(noted), self._stage.transitions
        self._stage.timed = timed
        act()
        asked, early = len(noted), self._stage.transitions - entered
        if then:
            self._stage.drain()
        self._stage.timed = False
        return Done(
            operation, tuple(noted[before:asked]), tuple(noted[asked:]), early, self._stage.transitions - entered
        )

    def _account(self, email: str, totp_secret: str | None) -> Account:
        now = self._stage.clock.now()
        account_id = self._stage.ids.new("acc", now)
        name = email.partition("@")[0]
        account = Account(
            account_id, email, name, "es", self._password_hash, now, email_verified=True, totp_secret=totp_secret
        )
        services = self._stage.services
        services.transactions.commit(services.account_store.open(account))
        return account

    def _token(self, account_id: str) -> str:
        """Open a session without the price of a password."""
        now, secret = self._stage.clock.now(), self._stage.ids.secret()
        session = Session(account_id, digest(secret), 0, "bench", now, now, now + timedelta(days=1))
        services = self._stage.services
        services.transactions.commit([services.account_store.open_session(session)])
        return session_token(account_id, secret)

    def _code(self) -> str:
        return pyotp.TOTP(TOTP_SECRET).at(self._stage.clock.now())

    def _sign_in(self, account: Account, **also: str) -> None:
        answered(self._stage.api.post("/sessions", {"email": account.email, "password": PASSWORD, **also}), 201)

    def _browse(self) -> None:
        page = answered(self._stage.api.get("/listings", query={"limit": PAGE}))
        assert len(page["items"]) == PAGE

    def _cart(self) -> dict[str, Any]:
        return {"lines": [{"listing_id": self._listing_id, "quantity": 1}]}

    def _check_out(self, buyer: str) -> Any:
        key = self._stage.ids.new("key", self._stage.clock.now())
        return answered(self._stage.api.post("/checkouts", self._cart(), token=buyer, key=key), 201)

    def _pay(self, placed: Any) -> None:
        """Confirm at Stripe, as the buyer's browser does; its webhooks wait."""
        client = self._stage.stripe_client()
        client.v1.payment_intents.confirm(placed["payment_intent_id"], {"payment_method": CARD})

    def _ship(self, order: str, seller: str) -> None:
        shipment = {"carrier": "Correos", "tracking_number": "PK" + order[-8:]}
        answered(self._stage.api.post(f"{order}/shipment", shipment, token=seller))

    def _review(self, order: str, author: str) -> None:
        answered(self._stage.api.post(f"{order}/reviews", {"rating": 5, "text": "Todo bien."}, token=author), 201)

    def _ordered_and_shipped(self, buyer: str, seller: str) -> str:
        placed = self._check_out(buyer)
        self._pay(placed)
        self._stage.drain()
        order = f"/orders/{placed['orders'][0]['order_id']}"
        self._ship(order, seller)
        self._stage.drain()
        return order

    def _quarrel(self, order: str, buyer: str) -> None:
        said = {"reason": "not_received", "statement": "No ha llegado nada."}
        answered(self._stage.api.post(f"{order}/disputes", said, token=buyer), 201)
