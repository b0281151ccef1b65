"""A marketplace's people and deeds in a few words, through the real services, for tests that start in the middle."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.accounts.model import TRADER, Account, SellerProfile
from marketplace.catalog.model import Draft, Listing
from marketplace.catalog.promises import Promises
from marketplace.kit.principal import MODERATOR, Idempotency
from marketplace.orders.cart import Wanted
from marketplace.orders.checkout import Placed
from marketplace.orders.model import Order
from marketplace.verification.tiers import Tier
from tests.fakes.world import World

# What a trader says of itself, and buyers are shown.
TRADER_DATA: Mapping[str, Any] = {
    "street": "Calle del Puerto 3",
    "postal_code": "33150",
    "city": "Cudillero",
    "phone": "+34985590000",
    "contact_email": "hola@vega.example",
    "register_name": "Registro Mercantil de Asturias",
    "register_number": "AS-12345",
    "self_certified": True,
}


@dataclass
class Trade:
    """Deeds in a world. Each ends with everything delivered, unless it says otherwise."""

    world: World
    _people: int = 0
    _attempts: int = field(default=0)

    @property
    def services(self) -> Any:
        return self.world.services

    def person(self, name: str = "", *, roles: frozenset[str] = frozenset(), factor: bool = False) -> str:
        """Add a verified account without the cost of a password hash, and return its id."""
        self._people += 1
        account_id = self.world.ids.new("acc", self.world.clock.now())
        label = name or f"person{self._people}"
        account = Account(
            account_id,
            f"{label.lower()}{self._people}@aval.example",
            label,
            "es" if self._people % 2 else "en",
            "$argon2id$not-a-hash",
            self.world.clock.now(),
            email_verified=True,
            roles=roles,
            totp_secret="JBSWY3DPEHPK3PXP" if factor else None,
        )
        self.services.transactions.commit(self.services.account_store.open(account))
        return account_id

    def staff(self, *roles: str) -> str:
        """Add somebody who acts for the marketplace in these roles (of kit/principal.py)."""
        return self.person("Staff", roles=frozenset(roles))

    def operator(self) -> str:
        """Add who decides cases and attests deliveries: a moderator."""
        return self.staff(MODERATOR)

    def seller(self, kind: str = "trader") -> str:
        """Add a seller who finished Stripe's onboarding."""
        seller_id = self.person("Seller")
        self.services.sellers.apply(seller_id, legal_name="Seller", kind=kind, country="ES")
        profile: SellerProfile = self.services.sellers.of(seller_id)
        assert profile.stripe_account_id
        if kind == TRADER:
            self.services.traders.declare(seller_id, **TRADER_DATA)
        self.world.stripe.finish_onboarding(profile.stripe_account_id)
        self.world.drain()
        return seller_id

    def listing(
        self,
        seller_id: str,
        *,
        price_minor: int = 10_000,
        stock: int = 5,
        currency: str = "eur",
        promises: Promises | None = None,
    ) -> Listing:
        """Put something on sale."""
        said = promises or Promises()
        draft = Draft("Bicicleta", currency, "es", "Poco usada", "sports", price_minor, stock, said)
        self._attempts += 1
        key = Idempotency(f"listing-{self._attempts}", f"fingerprint-{self._attempts}")
        made = self.services.catalog.create_listing(seller_id, draft, key)
        self.services.catalog.publish_listing(seller_id, made.listing_id)
        return self.services.listing_store.read(made.listing_id)

    def place(self, buyer_id: str, *wanted: tuple[Listing, int], key: str = "") -> Placed:
        """Check out, and deliver nothing yet."""
        self._attempts += 1
        attempt = Idempotency(key or f"checkout-{self._attempts}", f"fingerprint-{key or self._attempts}")
        lines = [Wanted(listing.listing_id, quantity) for listing, quantity in wanted]
        return self.services.checkout.place(buyer_id, lines, attempt, tier=Tier.IDENTITY)

    def pay(self, placed: Placed, card: str = "pm_card_visa") -> None:
        """Pay at Stripe as the buyer's browser would; Stripe's webhooks wait."""
        intent_id = placed.stripe.payment_intent_id if placed.stripe else placed.payment.payment_intent_id
        client = self.world.stripe_client()
        client.v1.payment_intents.confirm(intent_id, {"payment_method": card})

    def bought(
        self,
        *,
        card: str = "pm_card_visa",
        price_minor: int = 10_000,
        kind: str = "trader",
        promises: Promises | None = None,
    ) -> Order:
        """Bring one order to paid, with everything delivered."""
        listing = self.listing(self.seller(kind), price_minor=price_minor, promises=promises)
        placed = self.place(self.person("Buyer"), (listing, 1))
        self.pay(placed, card)
        self.world.drain()
        return self.order(placed.orders[0].order_id)

    def shipped(self, **given: Any) -> Order:
        order = self.bought(**given)
        self.services.orders.ship(order.order_id, order.seller_id, "correos", f"PK{order.order_id[-8:]}")
        self.world.drain()
        return self.order(order.order_id)

    def delivered(self, **given: Any) -> Order:
        order = self.shipped(**given)
        self.services.orders.attest_delivery(order.order_id, self.operator(), "signed receipt")
        self.world.drain()
        return self.order(order.order_id)

    def reviewed(self, order: Order, reason: str = "damaged") -> Order:
        """Bring an order before whoever decides: disputed, answered, and nothing left to talk about."""
        disputes = self.services.disputes
        dispute_id = disputes.open(order.order_id, order.buyer_id, reason, "It came broken.", None).dispute.dispute_id
        disputes.answer(dispute_id, order.seller_id, "It was whole.")
        if self.order(order.order_id).state == "negotiating":
            disputes.escalate(dispute_id, order.buyer_id)
        self.world.drain()
        return self.order(order.order_id)

    def awarded(self, order: Order, refund_minor: int) -> Order:
        """Decide a reviewed order and let nobody appeal; nothing is delivered or paid yet."""
        self.services.disputes.decide(order.dispute_id, "acc_operator", refund_minor, "5.2", "Both are a little right.")
        return self._unappealed(order.order_id)

    def stands(self, order_id: str) -> Order:
        """Let nobody appeal: a decision that waits is carried out when its time is up."""
        self.world.drain()
        self._unappealed(order_id)
        self.world.drain()
        return self.order(order_id)

    def _unappealed(self, order_id: str) -> Order:
        found = self.order(order_id)
        if found.state == "decided" and found.due_at:
            self.world.clock.set(max(self.world.clock.now(), found.due_at))
            self.services.order_clock.tick(order_id)
        return self.order(order_id)

    def order(self, order_id: str) -> Order:
        found = self.services.order_store.read(order_id)
        assert found is not None
        return found
