"""The people, trades and things that the authorisation table speaks of, brought to each stage once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from marketplace.accounts.model import OPERATOR, Account, Session, digest, session_token
from marketplace.accounts.passwords import Argon2Passwords
from marketplace.kit.principal import Idempotency
from marketplace.orders.cart import Wanted
from marketplace.trust.rules import SPENDING_WITHOUT_HISTORY_MAX_MINOR
from tests.contract.authorisation import FOREIGN, MISSING
from tests.fakes.http import Api
from tests.fakes.trade import Trade
from tests.fakes.world import Moment, World
from tests.functions.story import MadeUpUploads

SECRET, SPARE, MADE_UP = "s" * 43, "p" * 43, "f" * 43
PASSWORD = "correct horse battery staple"
PRICE_MINOR = SPENDING_WITHOUT_HISTORY_MAX_MINOR["eur"] + 1  # so much from a newcomer is held for a person
NOBODYS = "z" * 26

_OPERATOR: Mapping[str, Any] = {"roles": frozenset({OPERATOR})}
_SELLER: Mapping[str, Any] = {"has_applied": True, "seller_active": True}
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "buyer": {},
    "buyer2": {},
    "oper": _OPERATOR,
    "party": _OPERATOR,
    "plain": _OPERATOR,
    "unver": {"email_verified": False, **_SELLER},
    "susp": {"suspended": True, **_OPERATOR, **_SELLER},
    "revok": {**_OPERATOR, **_SELLER},
}
WITHOUT_FACTOR = {"plain"}
TRADES: Mapping[str, tuple[str, str]] = {
    "first": ("buyer", "seller"),
    "second": ("buyer2", "seller2"),
    "third": ("party", "seller"),
}
TRADE_OF = {"buyer": "first", "seller": "first", "buyer2": "second", "seller2": "second", "party": "third"}
ID_PREFIXES = {
    "order": "ord",
    "checkout": "pay",
    "dispute": "dsp",
    "draft": "lst",
    "on_sale": "lst",
    "seller": "acc",
    "buyer": "acc",
    "notification": "ntf",
}


class ThreeTrades:
    """A world with three trades, and its moments by stage."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.given.setdefault("uploads", MadeUpUploads())
        world.restart()
        self.trade = Trade(world)
        self.api = Api(_Live(world))
        self.accounts = {role: self._account(role, **facts) for role, facts in PEOPLE.items()}
        self.accounts |= {role: self.trade.seller() for role in ("seller", "seller2")}
        self.things: dict[str, dict[str, str]] = {name: self._offers(name) for name in TRADES}
        self.names = {"known_email": "known@aval.example", "known_password": PASSWORD}
        self._open_sessions()
        self._give_passwords()
        self.names["verification"] = world.services.signup.mint_verification(self.accounts["unver"])
        self.moments: dict[str, Moment] = {}
        self._live_through()

    def token(self, role: str) -> str | None:
        """Return what this role sends as its session token."""
        if role in {"anon", "broken"}:
            return {"anon": None, "broken": "not a token"}[role]
        if role == "forged":
            return session_token(self.accounts["buyer"], MADE_UP)
        return session_token(self.accounts[role], SECRET)

    def object_id(self, thing: str, relation: str, role: str) -> str:
        """Return the id of a thing that stands in this relation to the role."""
        if relation == MISSING:
            return f"ses_{'0' * 64}" if thing == "session" else f"{ID_PREFIXES[thing]}_{NOBODYS}"
        own = TRADE_OF.get(role, "first")
        trade = own if relation != FOREIGN else ("second" if own == "first" else "first")
        if thing == "session":
            owner = role if relation != FOREIGN and role in self.accounts else TRADES[trade][0]
            return f"ses_{digest(SPARE + self.accounts[owner])}"
        if thing == "notification":
            owner = role if relation != FOREIGN and role in TRADE_OF else TRADES[trade][0]
            return self._first_notification(self.accounts[owner])
        return self.things[trade][thing]

    def _account(self, role: str, **facts: Any) -> str:
        account_id = self.trade.person(role)
        if facts:
            account = self.world.services.account_store.read(account_id)
            self._overwrite(replace(account, **facts))
        return account_id

    def _overwrite(self, account: Account) -> None:
        """Store an account as no use case would leave it."""
        from marketplace.accounts.table_store import item_of  # noqa: PLC0415

        item_of(account.account_id, "account", account).save()

    def _offers(self, name: str) -> dict[str, str]:
        buyer, seller = (self.accounts[role] for role in TRADES[name])
        on_sale = self.trade.listing(seller, price_minor=PRICE_MINOR)
        draft = self.world.services.catalog.create_listing(
            seller, _draft_like(on_sale), Idempotency(f"draft-{name}", f"fingerprint-{name}")
        )
        return {"on_sale": on_sale.listing_id, "draft": draft.listing_id, "seller": seller, "buyer": buyer}

    def _open_sessions(self) -> None:
        now, store = self.world.clock.now(), self.world.services.account_store
        for role, account_id in self.accounts.items():
            proved = now if OPERATOR in PEOPLE.get(role, {}).get("roles", ()) and role not in WITHOUT_FACTOR else None
            for secret in (SECRET, SPARE + account_id):
                session = Session(account_id, digest(secret), 0, "tests", now, now, now + timedelta(days=30), proved)
                self.world.services.transactions.commit([store.open_session(session)])
        self.world.services.sessions.revoke_all(self.accounts["revok"])

    def _give_passwords(self) -> None:
        """Let everybody have one password, and somebody without a session sign in with it."""
        store, password_hash = self.world.services.account_store, Argon2Passwords().hash(PASSWORD)
        for account_id in self.accounts.values():
            self._overwrite(replace(store.read(account_id), password_hash=password_hash))
        account = store.read(self.trade.person("known"))
        known = replace(account, account_id="acc_known", email=self.names["known_email"], password_hash=password_hash)
        self.world.services.transactions.commit(store.open(known))

    def _live_through(self) -> None:
        self.world.drain()
        self._keep("open")
        placed = {name: self._place(name) for name in TRADES}
        self._keep("placed")
        for each in placed.values():
            self.trade.pay(each)
        self._keep("paid")
        self._with_each(lambda order, name: self._orders.ship(order, self.things[name]["seller"], "correos", "PK1"))
        self._keep("shipped")
        self._with_each(self._dispute)
        self._keep("disputed")
        self._with_each(lambda order, name: self._answer(name))
        self._keep("answered")
        self.world.restore(self.moments["shipped"])
        self._with_each(lambda order, name: self._orders.confirm(order, self.things[name]["buyer"]))
        self._keep("held")
        self._with_each(lambda order, name: self.world.services.trust.clear(order, self.accounts["oper"], "Known."))
        self._keep("released")

    @property
    def _orders(self) -> Any:
        return self.world.services.orders

    def _keep(self, stage: str) -> None:
        self.world.drain()
        self.moments[stage] = self.world.snapshot()

    def _with_each(self, act: Any) -> None:
        for name in TRADES:
            act(self.things[name]["order"], name)

    def _place(self, name: str) -> Any:
        things = self.things[name]
        attempt = Idempotency(f"cart-{name}", f"fingerprint-{name}")
        placed = self.world.services.checkout.place(things["buyer"], [Wanted(things["on_sale"], 1)], attempt)
        things |= {"checkout": placed.payment.payment_id, "order": placed.orders[0].order_id}
        return placed

    def _dispute(self, order_id: str, name: str) -> None:
        buyer = self.things[name]["buyer"]
        view = self.world.services.disputes.open(order_id, buyer, "damaged", "It came broken.", None)
        self.things[name]["dispute"] = view.dispute.dispute_id

    def _answer(self, name: str) -> None:
        things = self.things[name]
        self.world.services.disputes.answer(things["dispute"], things["seller"], "It was whole.")

    def _first_notification(self, account_id: str) -> str:
        return self.world.services.notifications.page(account_id, None, 1).items[0].notification_id


class _Live:
    """The world's services as they are now."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world.services, name)


def _draft_like(listing: Any) -> Any:
    from marketplace.catalog.model import Draft  # noqa: PLC0415

    return Draft(*(getattr(listing, name) for name in Draft.__slots__))
