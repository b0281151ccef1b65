"""The local Stripe: the API on one side, people and time on the other.

``handle`` serves the API. Everything else here stands in for what happens outside
it: a seller filling in the onboarding page, a buyer at the 3D Secure prompt, a bank
deciding a dispute, hours passing, the network failing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta

from infra.local.stripe.copying import copied
from infra.local.stripe.errors import CardError, Json, missing
from infra.local.stripe.faults import Fault, FaultName, Faults, Gate
from infra.local.stripe.gateway import Gateway
from infra.local.stripe.idempotency import Keys
from infra.local.stripe.ledger import BANKS
from infra.local.stripe.money import Terms
from infra.local.stripe.protocol import Reply
from infra.local.stripe.resources import identity, intent_flow, payouts, refunds, topups
from infra.local.stripe.resources.banks import CURRENCIES, change_banks, update_bank
from infra.local.stripe.resources.disputing import close_dispute, escalate, open_dispute, overturn
from infra.local.stripe.resources.requirements import settle_onboarding
from infra.local.stripe.resources.warnings import warn
from infra.local.stripe.store import PLATFORM, Record
from infra.local.stripe.unit import Check, Workplace
from infra.local.stripe.webhooks import DEFAULT_ENDPOINTS, Endpoint, Webhooks
from infra.local.stripe.world import Clock, World, system_clock

_DEFAULT_BASE = "http://127.0.0.1:12111"


class LocalStripe:
    """A stateful stand-in for Stripe with separate charges and transfers."""

    def __init__(
        self,
        *,
        clock: Clock = system_clock,
        seed: int = 1,
        webhooks: Iterable[Endpoint] = DEFAULT_ENDPOINTS,
        terms: Terms | None = None,
        check: Check | None = None,
        base_url: str = _DEFAULT_BASE,
    ) -> None:
        self.world = World(clock, seed, terms or Terms(), base_url)
        self.webhooks = Webhooks(webhooks, seed, self.world.now)
        self.world.pending_webhooks = self.webhooks.listeners
        self.workplace = Workplace(self.world, self.webhooks, check)
        self.faults = Faults()
        #: Every request that reached the API, as (method, path).
        self.requests: list[tuple[str, str]] = []
        self._keys = Keys()
        self._gateway = Gateway(self.workplace, self._keys, self.faults)

    def handle(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | str | None = None,
    ) -> Reply:
        """Answer one API request; raise ConnectionDropped when a fault eats it."""
        self.requests.append((method.upper(), path.partition("?")[0]))
        return self._gateway.handle(method, path, headers, body)

    # People

    def finish_onboarding(self, account: str, *, currently_due: Iterable[str] = ()) -> Json:
        """Complete an account's onboarding page, or leave some points open."""
        with self.workplace.unit():
            record = self._editable("account", account)
            settle_onboarding(self.world, record, list(currently_due))
            return copied(record.data)

    def complete_3ds(self, intent: str, *, success: bool = True) -> Json:
        """Pass or fail the buyer's 3D Secure prompt."""
        with self.workplace.unit():
            data = self._editable("payment_intent", intent).data
            # A card declined after all shows on the intent; the buyer is not us.
            with suppress(CardError):
                intent_flow.finish_authentication(self.world, data, success=success)
            return copied(data)

    def open_dispute(
        self,
        charge: str,
        *,
        reason: str = "fraudulent",
        amount: int | None = None,
        inquiry: bool = False,
    ) -> Json:
        """Have the buyer dispute a charge, long after it was made if need be."""
        with self.workplace.unit():
            data = self._editable("charge", charge).data
            dispute = open_dispute(self.world, data, reason, amount=amount, inquiry=inquiry)
            return copied(dispute)

    def escalate_dispute(self, dispute: str) -> Json:
        """Have the bank make a chargeback of an inquiry."""
        with self.workplace.unit():
            data = self._editable("dispute", dispute).data
            escalate(self.world, data)
            return copied(data)

    def overturn_dispute(self, dispute: str) -> Json:
        """Have the network give a lost dispute's money back after all."""
        with self.workplace.unit():
            data = self._editable("dispute", dispute).data
            overturn(self.world, data)
            return copied(data)

    def warn_of_fraud(self, charge: str, *, fraud_type: str = "unauthorized_use_of_card") -> Json:
        """Have the issuer of a charge's card report fraud."""
        with self.workplace.unit():
            return copied(warn(self.world, self._editable("charge", charge).data, fraud_type))

    def close_dispute(self, dispute: str, *, won: bool) -> Json:
        """Have the bank decide a dispute."""
        with self.workplace.unit():
            data = self._editable("dispute", dispute).data
            close_dispute(self.world, data, won=won)
            return copied(data)

    def submit_identity(self, session: str) -> Json:
        """Have the person hand in documents: the session is being processed."""
        with self.workplace.unit():
            record = self._editable(identity.KIND, session)
            identity.submit(self.world, record)
            return copied(record.data)

    def verify_identity(self, session: str, *, error: str | None = None) -> Json:
        """Have Stripe verify the person, or find an `error` after which they may try again."""
        with self.workplace.unit():
            record = self._editable(identity.KIND, session)
            identity.decide(self.world, record, error)
            return copied(record.data)

    def identity_page(self, session: str, token: str) -> tuple[Json, str | None]:
        """Return a session that waits for its person, and where they go afterwards."""
        with self.workplace.reading() as world:
            record = world.get(identity.KIND, session, None, "session")
            if not token or record.hidden["token"] != token or record.data["url"] is None:
                raise missing(identity.KIND, session, "session")
            return copied(record.data), record.hidden["return_url"]

    def change_banks(self, account: str, *, currencies: Iterable[str] = CURRENCIES) -> Json:
        """Have a seller replace their bank accounts by ones of these currencies."""
        with self.workplace.unit():
            record = self._editable("account", account)
            change_banks(self.world, record, list(currencies))
            return copied(record.data)

    def update_bank(self, account: str) -> None:
        """Have Stripe learn something about an account's first bank account."""
        with self.workplace.unit():
            update_bank(self.world, self._editable("account", account))

    def bank_refuses(self, account: str, *, code: str | None = "account_closed") -> None:
        """Have the bank refuse an account's payouts from now on, or (None) take them again."""
        with self.workplace.unit():
            record = self._editable("account", account)
            record.hidden["bank_refuses"] = code

    def disconnect(self, account: str, *, gone: bool = True) -> None:
        """Have an account refuse every call that is made for it from now on, or (False) take them again."""
        with self.workplace.unit():
            self._editable("account", account).hidden["disconnected"] = gone

    def take_payout(self, payout: str) -> Json:
        """Have the bank take one payout now, without waiting for its date."""
        with self.workplace.unit():
            payouts.arrive(self.world, payout)
            return copied(self.world.get("payout", payout, None, "payout").data)

    def fail_payout(self, payout: str, *, code: str = "account_closed") -> Json:
        """Have the bank send one payout back, also after it was paid."""
        with self.workplace.unit():
            payouts.fail(self.world, payout, code)
            return copied(self.world.get("payout", payout, None, "payout").data)

    def fail_refund(self, refund: str, *, reason: str = "expired_or_canceled_card") -> Json:
        """Have the buyer's bank send a refund back."""
        with self.workplace.unit():
            data = self._editable("refund", refund).data
            refunds.fail(self.world, data, reason)
            return copied(data)

    def close_topup(self, topup: str, *, code: str | None = None) -> Json:
        """Have the owner's bank pay a top-up now, or (with a code) refuse it, or take it back."""
        with self.workplace.unit():
            topups.fail(self.world, topup, code) if code else topups.arrive(self.world, topup)
            return copied(self.world.get("topup", topup, None, "topup").data)

    def add_funds(self, currency: str, amount: int, account: str = PLATFORM) -> None:
        """Put money into a balance from outside, available at once."""
        with self.workplace.unit():
            now = self.world.now()
            self.world.books.write(
                account,
                "topup",
                amount=amount,
                currency=currency,
                source=None,
                against=BANKS,
                now=now,
                available_on=now,
            )

    def onboarding_link(self, account: str, token: str) -> tuple[Json, Json]:
        """Return an account and the link ``token`` opens, expired or not."""
        with self.workplace.reading() as world:
            record = world.get("account", account, None, "account")
            link = record.hidden.get("link", {})
            if not token or link.get("token") != token:
                raise missing("account_link", token, "token")
            return record.data, {**link, "expired": world.now() >= link["expires_at"]}

    # Time and trouble

    def advance(self, span: timedelta) -> None:
        """Move the clock on, and do what falls due on the way."""
        with self.workplace.reading() as world:
            world.skipped += span
        self.tick()

    def tick(self) -> None:
        """Do what has fallen due, for a test that moves a clock of its own."""
        with self.workplace.reading():
            pass

    def inject(
        self,
        *,
        fault: FaultName,
        method: str = "POST",
        path_prefix: str = "/v1/",
        times: int = 1,
        should_retry: bool | None = None,
    ) -> None:
        """Make the next matching requests fail."""
        self.faults.add(Fault(fault, method.upper(), path_prefix, times, should_retry))

    def hold(self, *, method: str = "POST", path_prefix: str = "/v1/") -> Gate:
        """Stop the next matching request in flight until the gate is released."""
        return self.faults.hold(Gate(method.upper(), path_prefix))

    def redeliver(self, event: str) -> None:
        """Send an event's webhooks once more."""
        self.webhooks.redeliver(self.object("event", event))

    # What there is to see

    def balances(self) -> dict[str, dict[str, dict[str, int]]]:
        """Return available and pending of every account that ever had money."""
        with self.workplace.reading() as world:
            return {PLATFORM: {}, **world.books.ledger.balances()}

    def object(self, kind: str, identifier: str) -> Json:
        """Return one object of a kind, whoever owns it."""
        with self.workplace.reading() as world:
            return copied(world.get(kind, identifier, None, kind).data)

    def objects(self, kind: str, owner: str = PLATFORM) -> list[Json]:
        """Return an owner's objects of a kind, newest first."""
        with self.workplace.reading() as world:
            return [copied(record.data) for record in world.store.newest(kind, owner)]

    def events(self, owner: str = PLATFORM) -> list[Json]:
        """Return an owner's events, oldest first."""
        return self.objects("event", owner)[::-1]

    def audit(self) -> None:
        """Check the books from the ground up; raise LedgerBroken on a fault."""
        with self.workplace.reading() as world:
            world.books.audit()

    def dump(self) -> Json:
        """Return the whole state as JSON values."""
        with self.workplace.reading() as world:
            return {
                "world": world.dump(),
                "keys": self._keys.dump(),
                "webhooks": self.webhooks.dump(),
            }

    def on_change(self, act: Callable[[], None]) -> None:
        """Call ``act`` after every change that may matter to a restart."""
        self.workplace.on_commit = act

    def load(self, saved: Json) -> None:
        """Take up a state that ``dump`` gave; only a fresh core may."""
        self.world.load(saved["world"])
        self._keys.load(saved["keys"])
        self.webhooks.load(saved["webhooks"])

    def _editable(self, kind: str, identifier: str) -> Record:
        record = self.world.get(kind, identifier, None, kind)
        return self.world.store.edit(record.id)
