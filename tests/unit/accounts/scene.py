"""The accounts area on the in-memory DynamoDB: real store and services, a clock that stands still, fast hashes."""

import base64
import hashlib
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp

from marketplace.accounts.admission import SignedIn
from marketplace.accounts.limits import Limits
from marketplace.accounts.model import ConnectAccount, OnboardingLink, Rating, SellerProfile
from marketplace.accounts.sign_in import Attempt
from marketplace.accounts.table_store import AccountsItem
from marketplace.factors.model import Enrolment
from marketplace.kit.errors import Unavailable
from marketplace.kit.ids import derived_id
from marketplace.kit.origin import Origin
from marketplace.kit.settings import Settings
from marketplace.storage.transaction import DynamoTransactions
from marketplace.wiring import Services
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.vault import FakeKms, FixedBlindKeys

START = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)
PASSWORD = "nueve gatos duermen al sol"
IP = "203.0.113.7"


class StandingClock:
    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def advance(self, **span: float) -> None:
        self.moment += timedelta(**span)


class SeededIds:
    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._lock = threading.Lock()

    def new(self, prefix: str, at: datetime) -> str:
        return derived_id(prefix, self.secret())

    def secret(self, size_bytes: int = 32) -> str:
        with self._lock:
            return base64.urlsafe_b64encode(self._random.randbytes(size_bytes)).decode().rstrip("=")


@dataclass
class QuickPasswords:
    """Hashes that cost nothing; `made` and `compared` count what the real ones would have cost."""

    generation: int = 1
    made: int = 0
    compared: int = 0

    def hash(self, password: str) -> str:
        self.made += 1
        return f"quick-{self.generation}-{hashlib.sha256(password.encode()).hexdigest()}"

    def verify(self, password_hash: str | None, password: str) -> bool:
        self.compared += 1
        wanted = hashlib.sha256(password.encode()).hexdigest()
        return password_hash is not None and password_hash.rpartition("-")[2] == wanted

    def is_outdated(self, password_hash: str) -> bool:
        return not password_hash.startswith(f"quick-{self.generation}-")


class FewWords:
    def contains(self, password: str) -> bool:
        return password == "correcthorsebatterystaple"


@dataclass
class ConnectFake:
    """Stripe in ten lines: one account a key, and what it would say of each."""

    by_key: dict[str, ConnectAccount] = field(default_factory=dict)
    down: bool = False
    ready: bool = False
    calls: list[str] = field(default_factory=list)

    def create_account(self, seller: SellerProfile, *, key: str) -> ConnectAccount:
        self._answer("create")
        made = ConnectAccount(f"acct_{len(self.by_key) + 1}", seller.seller_id, False, False, False)
        return self.by_key.setdefault(key, made)

    def find_account(self, seller: SellerProfile) -> ConnectAccount | None:
        self._answer("find")
        return next((made for made in self.by_key.values() if made.seller_id == seller.seller_id), None)

    def read_account(self, stripe_account_id: str) -> ConnectAccount | None:
        self._answer("read")
        found = next((made for made in self.by_key.values() if made.stripe_account_id == stripe_account_id), None)
        return found and ConnectAccount(stripe_account_id, found.seller_id, self.ready, self.ready, self.ready)

    def onboarding_link(self, stripe_account_id: str, *, return_url: str, refresh_url: str, key: str) -> OnboardingLink:
        self._answer("link")
        return OnboardingLink(f"https://connect.stripe.test/{stripe_account_id}/{key}", START + timedelta(minutes=5))

    def _answer(self, call: str) -> None:
        self.calls.append(call)
        if self.down:
            raise Unavailable(retry_after_seconds=2)


@dataclass
class RatingsFake:
    known: dict[str, Rating] = field(default_factory=dict)

    def of(self, subject_id: str) -> Rating | None:
        return self.known.get(subject_id)


@dataclass
class _Reviews:
    """The reviews, as far as a seller's page shows them."""

    ratings: RatingsFake

    def rating(self, subject_id: str) -> Rating | None:
        return self.ratings.of(subject_id)


class Scene:
    """One account area and everything it stands on."""

    def __init__(
        self, dynamo: MemoryDynamo, clock: StandingClock, *, limits: Limits | None, admins: frozenset[str]
    ) -> None:
        self.dynamo = dynamo
        self.clock = clock
        self.ids = SeededIds()
        self.kms = FakeKms()
        self.transactions = DynamoTransactions(pause=lambda _: None)
        self.passwords = QuickPasswords()
        self.connect = ConnectFake()
        self.ratings = RatingsFake()
        self.services = Services(
            Settings(public_url="https://aval.example", admin_emails=admins),
            clock=clock,
            ids=self.ids,
            transactions=self.transactions,
            passwords=self.passwords,
            blocklist=FewWords(),
            limits=limits or Limits(),
            connect=self.connect,
            reviews=_Reviews(self.ratings),
            key_wrapping=self.kms,
            blind_keys=FixedBlindKeys(),
            random_bytes=self.kms.random_bytes,
        )
        services = self.services
        self.vault, self.store = services.vault, services.account_store
        self.signup, self.sign_in, self.sign_out = services.signup, services.sign_in, services.sign_out
        self.sessions, self.account, self.sellers = services.sessions, services.account, services.sellers

    def register(self, email: str = "lucia@example.com", password: str = PASSWORD, *, verified: bool = True) -> str:
        self.signup.sign_up(email=email, password=password, display_name="Lucía Vega", locale="es", ip=IP)
        account_id = self.store.owner_of(email)
        assert account_id is not None
        if verified:
            self.verify(self.signup.mint_verification(account_id), password)
        return account_id

    def verify(self, token: str, password: str = PASSWORD) -> str:
        return self.signup.verify(token, password)

    def enrol(self, account_id: str, password: str = PASSWORD) -> Enrolment:
        return self.services.authenticator.enrol(account_id, password)

    def unprove(self, account_id: str) -> None:
        """Take back that the address is proved, which no use case does."""
        AccountsItem(account_id, "account").update([AccountsItem.email_verified.set(False)])

    def attempt(self, email: str = "lucia@example.com", password: str = PASSWORD, **more: Any) -> Attempt:
        origin = Origin(more.pop("ip", IP), more.pop("user_agent", "Firefox"))
        return Attempt(email=email, password=password, **{"origin": origin} | more)

    def enter(self, email: str = "lucia@example.com", password: str = PASSWORD, **more: Any) -> SignedIn:
        return self.sign_in.open(self.attempt(email, password, **more))

    def token(self, email: str = "lucia@example.com") -> str:
        return self.enter(email).token

    def enable_factor(self, token: str) -> tuple[str, list[str]]:
        """Turn the second factor on; returns its secret and the recovery codes."""
        caller = self.sessions.authenticate(token)
        secret = self.enrol(caller.account_id).secret
        codes = self.services.authenticator.confirm(caller, self.code(secret), origin=Origin(IP, "Firefox"))
        return secret, codes

    def code(self, secret: str, *, steps: int = 0) -> str:
        return pyotp.TOTP(secret).at(self.clock.now(), counter_offset=steps)

    def apply(self, account_id: str, **changes: str) -> SellerProfile:
        form = {"legal_name": "Vega Bicicletas SL", "kind": "trader", "country": "ES"}
        return self.sellers.apply(account_id, **form | changes)

    def activate(self, stripe_account_id: str = "acct_1") -> None:
        self.connect.ready = True
        self.sellers.stripe_account_updated(stripe_account_id)

    def suspend(self, account_id: str) -> None:
        AccountsItem(account_id, "account").update(actions=[AccountsItem.suspended.set(True)])

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        rows = self.dynamo.rows("aval-local-outbox")
        return [row for row in rows if kind in {None, row["kind"]}]

    def counted(self, limit: str) -> int:
        """Sum the attempts that count against a limit, whoever's."""
        rows = self.dynamo.rows("aval-local-accounts")
        return sum(row["attempts"] for row in rows if row["pk"].startswith(f"limit#{limit}#"))

    def round_trips(self) -> list[str]:
        """Name the calls since the last time, and forget them."""
        made = [call.operation for call in self.dynamo.calls]
        self.dynamo.calls.clear()
        return made


@contextmanager
def accounts_scene(*, limits: Limits | None = None, admins: frozenset[str] = frozenset()) -> Iterator[Scene]:
    clock = StandingClock()
    with MemoryDynamo(clock=lambda: clock.now().timestamp()).installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        scene = Scene(dynamo, clock, limits=limits, admins=admins)
        dynamo.calls.clear()
        yield scene
