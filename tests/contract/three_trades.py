"""The people, trades and things that the authorisation table speaks of, brought to each stage once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from marketplace.accounts.model import Account, Session, digest, session_token
from marketplace.accounts.passwords import Argon2Passwords
from marketplace.kit.principal import STAFF_ROLES, Idempotency, Principal
from marketplace.orders.cart import Wanted
from marketplace.trust.rules import SPENDING_WITHOUT_HISTORY_MAX_MINOR
from marketplace.web import Route
from tests.contract.authorisation import all_stages, all_things
from tests.contract.authorisation.vocabulary import MISSING, OWN, Row
from tests.fakes.http import Api, Reply
from tests.fakes.trade import Trade
from tests.fakes.world import Moment, World
from tests.functions.story import MadeUpUploads

SECRET, SPARE, MADE_UP = "s" * 43, "p" * 43, "f" * 43
PASSWORD = "correct horse battery staple"
PRICE_MINOR = SPENDING_WITHOUT_HISTORY_MAX_MINOR["eur"] + 1  # so much from a newcomer is held for a person

_STAFF: Mapping[str, Any] = {"roles": STAFF_ROLES}
_SELLER: Mapping[str, Any] = {"has_applied": True, "seller_active": True}
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "buyer": {},
    "buyer2": {},
    **{role: {"roles": frozenset({role})} for role in STAFF_ROLES},
    "party": _STAFF,
    "plain": _STAFF,
    "colleague": _STAFF,  # whom no column is: who proposed, suspended and visited before
    "unver": {"email_verified": False, **_SELLER},
    "susp": {"suspended": True, **_STAFF, **_SELLER},
    "revok": {**_STAFF, **_SELLER},
}
WITHOUT_FACTOR = {"plain"}
TRADES: Mapping[str, tuple[str, str]] = {
    "first": ("buyer", "seller"),
    "second": ("buyer2", "seller2"),
    "third": ("party", "seller"),
}
TRADE_OF = {"buyer": "first", "seller": "first", "buyer2": "second", "seller2": "second", "party": "third"}
THINGS = all_things()


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
        self.names = {"known_email": "known@aval.example", "known_password": PASSWORD, "buyer": self.accounts["buyer"]}
        self._open_sessions()
        self._give_passwords()
        self.names["verification"] = world.services.signup.mint_verification(self.accounts["unver"])
        self.names["reset"] = world.services.password_reset.mint("acc_known", self.names["known_email"])
        self.moments: dict[str, Moment] = {}
        self._known: dict[str, dict[str, dict[str, str]]] = {}  # what things were called, stage by stage
        self._live_through()

    def token(self, role: str) -> str | None:
        """Return what this role sends as its session token."""
        if role in {"anon", "broken"}:
            return {"anon": None, "broken": "not a token"}[role]
        if role == "forged":
            return session_token(self.accounts["buyer"], MADE_UP)
        return session_token(self.accounts[role], SECRET)

    def ask(self, row: Row, route: Route, relation: str, role: str, token: str | None) -> Reply:
        """Send what a row says, about the object that stands in this relation to the role."""
        object_id = self.object_id(row.thing, relation, role) if row.thing else ""
        names = {**self.names, "object": object_id}
        path = {name: filled(row.path[name], names) if name in row.path else object_id for name in route.parameters}
        return self.api.call(
            route.method,
            route.path.format(**path),
            filled(row.body, names),
            token=token,
            key="attempt" if route.idempotent else None,
            query=row.query,
        )

    def object_id(self, thing: str, relation: str, role: str) -> str:
        """Return the id of a thing that stands in this relation to the role."""
        kind = THINGS[thing]
        if relation == MISSING:
            return kind.missing
        trade = TRADE_OF.get(role, "first")
        if relation != OWN:
            trade = "second" if trade == "first" else "first"
        if kind.of is None:
            return self.things[trade][thing]
        has_own = role in (self.accounts if kind.everybodys else TRADE_OF)
        return kind.of(self, role if relation == OWN and has_own else TRADES[trade][0])

    def principal(self, role: str) -> Principal:
        """Return somebody of the staff as a request of theirs would name them."""
        now = self.world.clock.now()
        roles = frozenset(PEOPLE[role]["roles"])
        return Principal(self.accounts[role], "ses_1", True, "en", roles, factor_at=now, proved_at=now)

    def appointee(self, *, roles: frozenset[str] = frozenset()) -> str:
        """Add somebody with a second factor, who may get a role, or has these."""
        account_id, store = self.trade.person("Appointee"), self.world.services.account_store
        account = replace(store.read(account_id), roles=roles, totp_secret="JBSWY3DPEHPK3PXP")
        self._overwrite(account)
        for role in roles:
            self.world.services.transactions.commit(
                self.world.services.staff_store.appoint(account_id, role, alone=False)
            )
        return account_id

    def spare_session(self, whose: str) -> str:
        """Name a session of theirs that is not the asking one."""
        return f"ses_{digest(SPARE + self.accounts[whose])}"

    def first_notification(self, whose: str) -> str:
        """Name the latest line of their inbox."""
        return self.world.services.notifications.page(self.accounts[whose], None, 1).items[0].notification_id

    def _account(self, role: str, **facts: Any) -> str:
        account_id = self.trade.person(role)
        if facts:
            account = self.world.services.account_store.read(account_id)
            self._overwrite(replace(account, **facts))
        return account_id

    def _overwrite(self, account: Account) -> None:
        """Store an account as no use case would leave it."""
        self.world.services.account_store._item_of(account.account_id, "account", account).save()

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
            proved = now if PEOPLE.get(role, {}).get("roles") and role not in WITHOUT_FACTOR else None
            for secret in (SECRET, SPARE + account_id):
                session = Session(account_id, digest(secret), 0, "tests", now, now, now + timedelta(days=30), proved)
                self.world.services.transactions.commit([store.open_session(session)])
        self.world.services.transactions.commit([store.end_sessions(self.accounts["revok"])])

    def _give_passwords(self) -> None:
        """Let everybody have one password and a verified identity, and somebody without a session sign in with it."""
        store, password_hash = self.world.services.account_store, Argon2Passwords().hash(PASSWORD)
        for account_id in self.accounts.values():
            known_since = self.world.clock.now()  # limits of who is less known are not what the table is about
            self._overwrite(
                replace(store.read(account_id), password_hash=password_hash, identity_verified_at=known_since)
            )
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
        self._with_each(
            lambda order, name: self._orders.ship(order, self.things[name]["seller"], "correos", f"PK{name}")
        )
        self._keep("shipped")
        self._with_each(self._dispute)
        self._keep("disputed")
        self._with_each(lambda order, name: self._answer(name))
        self._keep("answered")
        self._with_each(lambda _, name: self._escalate(name))
        self._keep("escalated")
        self.go_to("shipped")
        self._with_each(lambda order, name: self._orders.confirm(order, self.things[name]["buyer"]))
        self._keep("held")
        self._with_each(
            lambda order, name: self.world.services.trust.clear(order, self.accounts["moderator"], "Known.")
        )
        self._keep("released")
        for name, (before, bring) in all_stages().items():
            self.go_to(before)
            bring(self)
            self._keep(name)

    @property
    def _orders(self) -> Any:
        return self.world.services.orders

    def go_to(self, stage: str) -> None:
        """Bring everybody back to a stage, with the names that things had there."""
        self.world.restore(self.moments[stage])
        for name, things in self._known[stage].items():
            self.things[name] |= things

    def _keep(self, stage: str) -> None:
        self.world.drain()
        self.moments[stage] = self.world.snapshot()
        self._known[stage] = {name: dict(things) for name, things in self.things.items()}

    def _with_each(self, act: Any) -> None:
        for name in TRADES:
            act(self.things[name]["order"], name)

    def _place(self, name: str) -> Any:
        things = self.things[name]
        attempt = Idempotency(f"cart-{name}", f"fingerprint-{name}")
        placed = self.world.services.checkout.place(things["buyer"], [Wanted(things["on_sale"], 1)], attempt, tier=2)
        things |= {"checkout": placed.payment.payment_id, "order": placed.orders[0].order_id}
        return placed

    def _dispute(self, order_id: str, name: str) -> None:
        buyer = self.things[name]["buyer"]
        view = self.world.services.disputes.open(order_id, buyer, "damaged", "It came broken.", None)
        self.things[name]["dispute"] = view.dispute.dispute_id

    def _answer(self, name: str) -> None:
        things = self.things[name]
        self.world.services.disputes.answer(things["dispute"], things["seller"], "It was whole.")

    def _escalate(self, name: str) -> None:
        things = self.things[name]
        self.world.services.disputes.escalate(things["dispute"], things["buyer"])


def filled(body: Any, names: Mapping[str, str]) -> Any:
    """Put what the trades have by a name where a row says {name}."""
    if isinstance(body, str):
        return names.get(body[1:-1], body) if body.startswith("{") else body
    if isinstance(body, dict):
        return {name: filled(value, names) for name, value in body.items()}
    return [filled(value, names) for value in body] if isinstance(body, list) else body


class _Live:
    """The world's services as they are now."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world.services, name)


def _draft_like(listing: Any) -> Any:
    from marketplace.catalog.model import Draft  # noqa: PLC0415

    return Draft(*(getattr(listing, name) for name in Draft.__slots__))
