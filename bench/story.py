"""The operations that are measured, as one trade that is lived through again and again with a new buyer."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pyotp

from bench.quarrels import decided, returned
from bench.stage import Done, Stage, answered
from infra.local.journeys.authenticator import Device, device_for
from marketplace.accounts.model import Account
from marketplace.accounts.passwords import Argon2Passwords
from tests.crash.payout_deeds import with_factor
from tests.fakes.trade import Trade

LISTINGS = 30  # on sale, so that a page of 24 has a next one
PAGE = 24
PRICE_MINOR = 10_000
REFUND_MINOR = 1_000
STOCK = 1_000
ROUND_SECONDS = 61  # two steps of an authenticator app, so that each round's code is a new one
PASSWORD = "correct horse battery staple 7"  # noqa: S105 - of made-up people
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105
CARD = "pm_card_bypassPending"  # its money has cleared: the round's end pays it out

SIGN_IN, SIGN_IN_TOTP, WHO_AM_I = "sign in, password", "sign in, password and TOTP", "session check (who am I)"
SIGN_IN_PASSKEY, STEP_UP, SECURITY_LOG = "sign in, passkey", "step up", "read the security log"
ASK_RESET, RESET = "ask for a password reset", "password reset"
BROWSE, READ_LISTING, QUOTE, CHECKOUT = "browse 24 listings", "read a listing", "quote", "checkout"
PAY, SHIP, CONFIRM, RELEASE = "payment completed", "ship", "confirm", "release"
REVIEW, REVIEW_BACK, READ_ORDER, DISPUTE = "review", "review back, both published", "read an order", "open a dispute"
REFUND_BEFORE, REFUND_AFTER = "refund before the release", "refund after the release"
RECEIPT, STATEMENT, PAYOUT_RUN = "read a receipt", "read a month's statement", "payout run, one payout"
CHARGEBACK, CHARGEBACK_LOST = "chargeback opened", "chargeback lost"
# What one happy order consists of, for its price: a browsing buyer who signs in, buys, confirms, reviews; a seller who
# is paid.
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
    RECEIPT: 1,
    PAYOUT_RUN: 1,  # the most it can be: an order that is paid out alone
}


class Story:
    """A seller, a page of listings, and a way to trade them."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._trade = Trade(stage)
        self._password_hash = Argon2Passwords().hash(PASSWORD)
        self._known = self._account("known@aval.example", None)
        self._careful = self._account("careful@aval.example", TOTP_SECRET)
        self._device = self._passkey(self._account("keyed@aval.example", None))
        self._rounds = 0
        self._seller = self._trade.seller()
        with_factor(self._trade, self._seller)
        made = [self._trade.listing(self._seller, price_minor=PRICE_MINOR, stock=STOCK) for _ in range(LISTINGS)]
        self._listing_id = made[0].listing_id
        stage.drain()

    def live_through(self, *, timed: bool = False) -> Iterator[Done]:
        """Trade once, from signing in to the last review, and quarrel over a second order."""
        self._stage.clock.advance(seconds=ROUND_SECONDS)
        buyer, seller = self._stage.token(self._trade.person("Buyer")), self._stage.token(self._seller)
        api = self._stage.api

        def step(operation: str, act: Callable[[], Any], *, then: bool = True) -> Done:
            return self._stage.lived(operation, act, then=then, timed=timed)

        yield step(SIGN_IN, lambda: self._sign_in(self._known))
        careful: list[str] = []
        yield step(SIGN_IN_TOTP, lambda: careful.append(self._sign_in(self._careful, code=self._code())))
        yield step(SIGN_IN_PASSKEY, self._sign_in_with_passkey)
        yield step(STEP_UP, lambda: careful.append(self._step_up(careful[0])))
        yield step(SECURITY_LOG, lambda: answered(api.get("/security/log", token=careful[1])))
        forgetful = self._forgetful()
        yield step(ASK_RESET, lambda: self._ask_reset(forgetful))
        link = self._mailed_token()
        yield step(RESET, lambda: self._reset(link))
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
        yield from decided(api, other, buyer, seller, self._moderator(), step)
        yield step(RECEIPT, lambda: answered(api.get(f"{order}/receipt", token=buyer)))
        month = f"{self._stage.clock.now():%Y-%m}"
        yield step(STATEMENT, lambda: answered(api.get("/statements", query={"month": month}, token=seller)))
        yield step(REFUND_AFTER, lambda: self._refund(order, seller))
        third = self._ordered_and_shipped(buyer, seller)
        yield step(REFUND_BEFORE, lambda: self._refund(third, seller))
        yield step(CHARGEBACK, self._charge_back)
        yield step(CHARGEBACK_LOST, self._lose)
        fourth = self._ordered_and_shipped(buyer, seller)
        self._stage.services.orders.attest_delivery(fourth.rpartition("/")[2], self._trade.operator(), "Recibo firmado")
        self._stage.drain()
        yield from returned(api, fourth, buyer, seller, self._cart(), step)
        self._stage.clock.advance(seconds=2)
        yield step(PAYOUT_RUN, self._pay_out)

    def _moderator(self) -> str:
        account_id = self._trade.operator()
        with_factor(self._trade, account_id)
        return self._stage.token(account_id, factor=True)

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

    def _passkey(self, account: Account) -> Device:
        """Give an account a passkey, and return the device that has it."""
        api, token, device = (
            self._stage.api,
            self._stage.token(account.account_id),
            device_for(self._stage.settings.public_url),
        )
        begun = answered(api.post("/passkeys/registrations", {"password": PASSWORD}, token=token), 201)
        made = {"name": "Phone", "credential": device.create(begun["public_key"])}
        answered(api.post("/passkeys", made, token=token), 201)
        return device

    def _code(self, steps: int = 0) -> str:
        return pyotp.TOTP(TOTP_SECRET).at(self._stage.clock.now(), counter_offset=steps)

    def _sign_in(self, account: Account, **also: str) -> str:
        entered = self._stage.api.post("/sessions", {"email": account.email, "password": PASSWORD, **also})
        return str(answered(entered, 201)["token"])

    def _sign_in_with_passkey(self) -> None:
        """Fetch a challenge and answer it: two requests."""
        options = answered(self._stage.api.post("/sessions/passkey-challenges"), 201)["public_key"]
        answered(self._stage.api.post("/sessions/passkey", {"credential": self._device.get(options)}), 201)

    def _step_up(self, token: str) -> str:
        """Show the app's next code: the present one is spent by signing in."""
        proved = self._stage.api.post("/sessions/step-up", {"code": self._code(1)}, token=token)
        return str(answered(proved)["token"])

    def _forgetful(self) -> Account:
        """Return an account of this round's own: nobody resets a password more than five times a day."""
        self._rounds += 1
        return self._account(f"forgetful{self._rounds}@aval.example", None)

    def _ask_reset(self, account: Account) -> None:
        answered(self._stage.api.post("/password/reset-requests", {"email": account.email}), 202)

    def _mailed_token(self) -> str:
        found = re.search(r"/reset\?token=(\S+)", self._stage.mails[-1].body)
        assert found, "the last mail holds no link for a new password"
        return found[1]

    def _reset(self, token: str) -> None:
        answered(self._stage.api.post("/password/resets", {"token": token, "password": f"{PASSWORD} and more"}))

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

    def _refund(self, order: str, seller: str) -> None:
        key = self._stage.ids.new("key", self._stage.clock.now())
        asked = {"amount_minor": REFUND_MINOR, "reason": "Una pieza faltaba."}
        answered(self._stage.api.post(f"{order}/refunds", asked, token=seller, key=key), 201)

    def _charge_back(self) -> None:
        """Let the buyer's bank take the newest payment back; Stripe's webhooks wait."""
        charge = self._stage.stripe_client().v1.charges.list({"limit": 1}).data[0]
        self._stage.stripe.open_dispute(charge.id)

    def _lose(self) -> None:
        """Let the bank decide for its customer; Stripe's webhooks wait."""
        dispute = self._stage.stripe_client().v1.disputes.list({"limit": 1}).data[0]
        self._stage.stripe.close_dispute(dispute.id, won=False)

    def _pay_out(self) -> None:
        assert self._stage.pay_out()["begun"] == 1

    def _quarrel(self, order: str, buyer: str) -> None:
        said = {"reason": "not_received", "statement": "No ha llegado nada."}
        answered(self._stage.api.post(f"{order}/disputes", said, token=buyer), 201)
