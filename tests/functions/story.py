"""People, goods and one cart with ids that never change, so that whole recorded events can speak of them."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from marketplace.accounts.model import Account, SellerProfile, Session, digest
from marketplace.catalog.model import LIVE, Listing
from marketplace.catalog.ports import UploadForm
from marketplace.catalog.promises import SERVICE, Promises
from marketplace.kit.ids import derived_id
from marketplace.kit.principal import ADMIN, FINANCE, MODERATOR, SUPPORT, Idempotency
from marketplace.orders.cart import Wanted
from marketplace.orders.checkout import Placed
from marketplace.returns.rules import Wanted as PiecesWanted
from tests.fakes.http import Api, Reply
from tests.fakes.stored_files import FakeBucket
from tests.fakes.trade import TRADER_DATA, Trade
from tests.fakes.world import World

BUYER = "acc_01kkn3v2w0m6r8t4x9z7c5b3b1"
OTHER_BUYER = "acc_01kkn3v2w0m6r8t4x9z7c5b3b2"
SELLER = "acc_01kkn3v2w0m6r8t4x9z7c5b3c1"
OTHER_SELLER = "acc_01kkn3v2w0m6r8t4x9z7c5b3c2"
OPERATOR_ID = "acc_01kkn3v2w0m6r8t4x9z7c5b3d1"
PLAIN_OPERATOR = "acc_01kkn3v2w0m6r8t4x9z7c5b3d2"  # the role, in a session without a second factor
ADMIN_ID = "acc_01kkn3v2w0m6r8t4x9z7c5b3d3"
OTHER_ADMIN = "acc_01kkn3v2w0m6r8t4x9z7c5b3d4"
SUPPORT_ID = "acc_01kkn3v2w0m6r8t4x9z7c5b3d5"
FINANCE_ID = "acc_01kkn3v2w0m6r8t4x9z7c5b3d7"
OTHER_FINANCE = "acc_01kkn3v2w0m6r8t4x9z7c5b3d8"
COLLEAGUE = "acc_01kkn3v2w0m6r8t4x9z7c5b3d6"  # with a second factor and no role yet
UNVERIFIED = "acc_01kkn3v2w0m6r8t4x9z7c5b3e1"
STRANGER = "acc_01kkn3v2w0m6r8t4x9z7c5b3f1"
BIKE = "lst_01kkn3v2w0m6r8t4x9z7c5b3g1"
LAMP = "lst_01kkn3v2w0m6r8t4x9z7c5b3g2"
KEY = "cart-1"
PAYMENT = derived_id("pay", BUYER, KEY)
ORDER = derived_id("ord", PAYMENT, SELLER)
SERVICE_ORDER = derived_id("ord", PAYMENT, SELLER, SERVICE)  # what it would be if a service were sold
DISPUTE = derived_id("dsp", ORDER)
SECRET = "s" * 43
_OPENED: list[tuple[Any, int]] = []  # the opened shop, made once and handed to every test as it was
CART = {"lines": [{"listing_id": BIKE, "quantity": 1}]}


class MadeUpUploads:
    """Forms that lead nowhere."""

    def form(self, key: str, *, content_type: str, size_bytes: int, sha256: str) -> UploadForm:
        return UploadForm("https://uploads.example", {"key": key, "Content-Type": content_type}, 600)


def token_of(account_id: str) -> str:
    return f"{account_id}.{SECRET}"


class Story:
    """Opens a world's shop, and moves the one order along."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.trade = Trade(world)
        world.given.setdefault("uploads", MadeUpUploads())
        world.restart()
        self.api = Api(_Live(world))
        if not _OPENED:
            self._open()
            _OPENED.append((world.snapshot(), world.ids._made))
        moment, world.ids._made = _OPENED[0]
        world.restore(moment)
        self.order_id = ORDER  # of the order that `order` means without a word
        self.bike = self.services.listing_store.read(BIKE)
        self.lamp = self.services.listing_store.read(LAMP)

    @property
    def services(self) -> Any:
        return self.world.services

    def call(self, method: str, path: str, who: str | None, body: Any = None, **options: Any) -> Reply:
        token = token_of(who) if who else None
        return self.api.call(method, path, body, token=token, **options)

    def get(self, path: str, who: str | None = None, **options: Any) -> Reply:
        return self.call("GET", path, who, **options)

    def post(self, path: str, who: str | None = None, body: Any = None, **options: Any) -> Reply:
        return self.call("POST", path, who, body, **options)

    def check_out(self, body: Any = None, *, who: str = BUYER, key: str | None = KEY) -> Reply:
        return self.post("/checkouts", who, CART if body is None else body, key=key)

    def put_on_sale(self, listing_id: str, seller_id: str, **said: Any) -> Listing:
        now = self.world.clock.now()
        plain = Listing(
            listing_id=listing_id,
            seller_id=seller_id,
            seller_kind="trader",
            title="Bicicleta",
            description="Poco uso.",
            category="sports",
            price_minor=10_000,
            currency="eur",
            stock=5,
            state=LIVE,
            language="es",
            photos=(),
            revision=1,
            created_at=now,
            updated_at=now,
            listed_at=now,
        )
        found = replace(plain, **said)
        writes = [self.services.listing_store.add(found, "")]
        if self.services.sellers.of(seller_id) is None:
            if self.services.account_store.read(seller_id) is None:
                self._open_account(seller_id, email=f"{seller_id}@aval.example")
            active = SellerProfile(seller_id, "Seller", found.seller_kind, "ES", applied_at=now, active=True)
            writes += self.services.account_store.apply(active)[:1]
        self.services.transactions.commit(writes)
        return found

    def stock(self, listing_id: str = BIKE) -> int:
        return self.services.listing_store.read(listing_id).stock

    def placed(self) -> Placed:
        """The cart of the recorded checkout, placed as its own request places it."""
        attempt = Idempotency(KEY, "fingerprint")
        return self.services.checkout.place(BUYER, [Wanted(BIKE, 1)], attempt)

    def reach(self, deed: str) -> None:
        """Do every deed up to this one."""
        for name, act in DEEDS.items():
            act(self)
            self.world.drain()
            if name == deed:
                return
        raise KeyError(deed)

    def hold(self, receipt_id: str = "rcp_1") -> None:
        """Mark the order risky, as the screening does."""
        self.services.transactions.commit([self.services.order_store.hold(self.order(), receipt_id)])

    def charge_back(self, **said: Any) -> str:
        """Have the buyer's bank take the money back; return Stripe's id of it."""
        [charge] = [each for each in self.world.stripe.objects("charge") if each["status"] == "succeeded"]
        return self.world.stripe.open_dispute(charge["id"], **said)["id"]

    def bank_decides(self, *, won: bool) -> None:
        self.world.stripe.close_dispute(self.world.stripe.objects("dispute")[-1]["id"], won=won)

    def order(self, order_id: str = "") -> Any:
        return self.trade.order(order_id or self.order_id)

    def _open(self) -> None:
        for account_id, facts in PEOPLE.items():
            self._open_account(account_id, **facts)
        for seller_id in (SELLER, OTHER_SELLER):
            self._open_shop(seller_id)
        self.put_on_sale(BIKE, SELLER, price_minor=12_000, stock=3)
        self.put_on_sale(LAMP, OTHER_SELLER, price_minor=4_550, stock=1)

    def _open_account(self, account_id: str, **facts: Any) -> None:
        now = self.world.clock.now()
        label = account_id[-2:]
        plain = Account(account_id, f"{label}@aval.example", label, "en", "$argon2id$none", now, email_verified=True)
        factor = facts.pop("factor", None)
        self.services.transactions.commit(self.services.account_store.open(replace(plain, **facts)))
        session = Session(
            account_id=account_id,
            secret_hash=digest(SECRET),
            epoch=0,
            device="tests",
            created_at=now,
            last_used_at=now + timedelta(days=400),  # never idle: these tests move years of time
            expires_at=now + timedelta(days=800),
            factor_at=now if factor else None,
        )
        self.services.transactions.commit([self.services.account_store.open_session(session)])

    def _open_shop(self, seller_id: str) -> None:
        self.services.sellers.apply(seller_id, legal_name="Seller", kind="trader", country="ES")
        self.services.traders.declare(seller_id, **TRADER_DATA)
        self.world.stripe.finish_onboarding(self.services.sellers.of(seller_id).stripe_account_id)
        self.world.drain()


class _Live:
    """The world's services as they are now: a restart in the middle of a test is a new container."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world.services, name)


PEOPLE: Mapping[str, Mapping[str, Any]] = {
    BUYER: {},
    OTHER_BUYER: {},
    SELLER: {},
    OTHER_SELLER: {},
    OPERATOR_ID: {"roles": frozenset({MODERATOR}), "factor": True},
    PLAIN_OPERATOR: {"roles": frozenset({MODERATOR})},
    ADMIN_ID: {"roles": frozenset({ADMIN}), "factor": True},
    OTHER_ADMIN: {"roles": frozenset({ADMIN}), "factor": True},
    SUPPORT_ID: {"roles": frozenset({SUPPORT}), "factor": True},
    FINANCE_ID: {"roles": frozenset({FINANCE}), "factor": True},
    OTHER_FINANCE: {"roles": frozenset({FINANCE}), "factor": True},
    COLLEAGUE: {"totp_secret": "JBSWY3DPEHPK3PXP", "factor": True},
    UNVERIFIED: {"email_verified": False},
    STRANGER: {},
}


def _pay(story: Story) -> None:
    story.trade.pay(story.placed())


def _dispute(story: Story) -> None:
    story.services.disputes.open(ORDER, BUYER, "damaged", "It came broken.", None)


def _review(story: Story) -> None:
    """Ask for a decision, where the process first lets both sides talk."""
    if story.order().state == "negotiating":
        story.services.disputes.escalate(DISPUTE, BUYER)


DEEDS: Mapping[str, Callable[[Story], object]] = {
    "placed": lambda story: story.placed(),
    "paid": _pay,
    "shipped": lambda story: story.services.orders.ship(ORDER, SELLER, "correos", "PK1"),
    "delivered": lambda story: story.services.orders.attest_delivery(ORDER, OPERATOR_ID, "signed receipt"),
    "disputed": _dispute,
    "answered": lambda story: story.services.disputes.answer(DISPUTE, SELLER, "It was whole."),
    "reviewed": _review,
    "decided": lambda story: story.services.disputes.decide(DISPUTE, OPERATOR_ID, 12_000, "5.2", "The photos show it."),
}


def _unproven(story: Story) -> None:
    story.reach("shipped")
    story.world.clock.advance(days=30, seconds=1)


def _held(story: Story) -> None:
    story.reach("delivered")
    story.hold()
    story.services.orders.confirm(ORDER, BUYER)


def _charged_back(story: Story) -> None:
    story.reach("shipped")
    story.charge_back()


def _lost(story: Story) -> None:
    _charged_back(story)
    story.world.drain()
    story.bank_decides(won=False)


def _cancelled(story: Story) -> None:
    story.reach("placed")
    story.world.clock.advance(minutes=15)
    story.world.sweep()


def _released(story: Story) -> None:
    story.reach("delivered")
    story.services.orders.confirm(ORDER, BUYER)


def _refunded(story: Story) -> None:
    story.reach("paid")
    story.services.orders.cancel(ORDER, SELLER, "Broken in the shop.")


def _decided(story: Story) -> None:
    story.reach("reviewed")
    story.services.disputes.decide(DISPUTE, OPERATOR_ID, 3_000, "5.2", "Both are a little right.")


def _split(story: Story) -> None:
    _decided(story)
    story.trade.stands(ORDER)


def _appealed(story: Story) -> None:
    """The buyer lost in part, and shows another photo."""
    bucket = FakeBucket()
    story.world.given.update(uploads=bucket, stored_files=bucket)
    story.world.restart()
    _decided(story)
    shown = {"content_type": "image/png", "size_bytes": 1, "sha256": hashlib.sha256(b"1").hexdigest()}
    disputes = story.services.disputes
    made, form = disputes.announce_evidence(DISPUTE, BUYER, **shown, description="The box.", kind="photo")
    bucket.put(form.fields["key"], b"1")
    disputes.confirm_evidence(DISPUTE, BUYER, made.evidence_id)
    story.services.appeals.appeal(DISPUTE, BUYER, "Look at the second photo.")


def _returned(story: Story) -> None:
    story.reach("delivered")
    wanted = (PiecesWanted(BIKE, 1),)
    story.services.returns.ask(ORDER, BUYER, wanted, "", Idempotency("return-1", "fingerprint"))


def _reported_done(story: Story) -> None:
    """A service is sold instead of goods, and its seller says that it was done."""
    listings, before = story.services.listing_store, story.bike
    after = replace(before, promises=Promises(SERVICE), revision=before.revision + 1)
    story.services.transactions.commit([listings.revise(before, after)])
    story.reach("paid")
    story.order_id = SERVICE_ORDER
    story.services.orders.report_done(SERVICE_ORDER, SELLER, "It runs again.")


_WAYS: Mapping[str, Callable[[Story], None]] = {
    "awaiting_payment": lambda story: story.reach("placed"),
    "paid": lambda story: story.reach("paid"),
    "shipped": lambda story: story.reach("shipped"),
    "delivery_unproven": _unproven,
    "delivered": lambda story: story.reach("delivered"),
    "held": _held,
    "reported_done": _reported_done,
    "return_open": _returned,
    "disputed": lambda story: story.reach("disputed"),
    "negotiating": lambda story: story.reach("answered"),
    "dispute_review": lambda story: story.reach("reviewed"),
    "decided": _decided,
    "appeal_review": _appealed,
    "charged_back": _charged_back,
    "settling": _released,
    "released": _released,
    "refunded": _refunded,
    "split": _split,
    "cancelled": _cancelled,
    "lost_to_chargeback": _lost,
}


def bring_to(story: Story, state: str) -> None:
    """Bring the order to a state by what people, banks and time do; `settling` is left before anything is paid."""
    _WAYS[state](story)
    if state != "settling":
        story.world.drain()
    assert story.order().state == state
