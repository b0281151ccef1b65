"""Somebody with an account, their devices, and everything they prove themselves with, through the real API."""

import importlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyotp

from infra.local.journeys.authenticator import Device, device_for
from marketplace.accounts.model import Account
from marketplace.kit.origin import Origin
from tests.fakes.faults import Faults
from tests.fakes.http import Api, Reply
from tests.fakes.world import World, new_world

PASSWORD = "nueve gatos duermen al sol"
EMAIL = "lucia@example.com"
SITE = "https://aval.example"
FUNCTIONS = ("sessions", "security", "passkeys", "recovery", "account", "sellers")


class QuickPasswords:
    """Hashes without the cost of hashing; equal passwords have equal hashes."""

    def hash(self, password: str) -> str:
        return "quick-" + password.encode().hex()

    def verify(self, password_hash: str | None, password: str) -> bool:
        return password_hash == self.hash(password)

    def is_outdated(self, password_hash: str) -> bool:
        return False


class FewWords:
    """Knows one password that is too common."""

    def contains(self, password: str) -> bool:
        return password == "correcthorsebatterystaple"


@dataclass
class Person:
    """An account, and what its owner holds."""

    scene: "Scene"
    account_id: str
    email: str
    token: str = ""
    secret: str = ""
    codes: list[str] = field(default_factory=list)
    device: Device = field(default_factory=lambda: device_for(SITE))

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Reply:
        return self.scene.api.call(method, path, body, **{"token": self.token} | more)

    def post(self, path: str, body: Any = None, **more: Any) -> Reply:
        return self.ask("POST", path, body, **more)

    def good(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        reply = self.ask(method, path, body, **more)
        assert reply.status < 300, (path, reply.status, reply.json)
        return reply.json

    def sign_in(self, **shown: Any) -> Reply:
        reply = self.post("/sessions", {"email": self.email, "password": PASSWORD} | shown, token=None)
        if reply.status == 201:
            self.token = reply.json["token"]
        return reply

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(self.scene.world.clock.now(), counter_offset=steps)

    def wait_for_code(self) -> str:
        """Let a new code come."""
        self.scene.world.clock.advance(seconds=30)
        return self.code()

    def enable_totp(self) -> list[str]:
        begun = self.good("POST", "/security/totp", {"password": PASSWORD})
        self.secret = begun["secret"]
        made = self.good("POST", "/security/totp/confirm", {"code": self.code()})
        self.codes = made["recovery_codes"] or self.codes
        return self.codes

    def step_up(self, **shown: Any) -> Reply:
        reply = self.post("/sessions/step-up", shown)
        if reply.status == 200:
            self.token = reply.json["token"]
        return reply

    def begin_passkey(self, **body: Any) -> Any:
        return self.good("POST", "/passkeys/registrations", body)["public_key"]

    def add_passkey(self, name: str = "Phone") -> Any:
        """Add one; an account without a factor sends its password by that."""
        made = self.device.create(self.begin_passkey(password=PASSWORD))
        added = self.good("POST", "/passkeys", {"name": name, "credential": made})
        self.codes = added["recovery_codes"] or self.codes
        return added["passkey"]

    def assertion(self) -> Any:
        """Answer a fresh challenge for signing in."""
        return self.device.get(self.good("POST", "/sessions/passkey-challenges", token=None)["public_key"])

    def enter_with(self, assertion: Any) -> Reply:
        reply = self.post("/sessions/passkey", {"credential": assertion}, token=None)
        if reply.status == 201:
            self.token = reply.json["token"]
        return reply

    def account(self) -> Account:
        found = self.scene.services.account_store.read(self.account_id)
        assert found is not None
        return found


class Scene:
    """A marketplace with people who have accounts."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.origin = Origin("203.0.113.7", "Firefox")
        self._people = 0

    @property
    def services(self) -> Any:
        return self.world.services

    @property
    def api(self) -> Api:
        routes = {name: importlib.import_module(f"functions.{name}.handler").ROUTES for name in FUNCTIONS}
        return Api(self.services, routes)

    def person(self, email: str = EMAIL, *, signed_in: bool = True, **given: Any) -> Person:
        """Add a proved account, and sign it in."""
        self._people += 1
        account_id = self.services.ids.new("acc", self.world.clock.now())
        account = Account(
            account_id,
            email,
            "Lucía Vega",
            "es",
            QuickPasswords().hash(PASSWORD),
            self.world.clock.now(),
            email_verified=True,
            **given,
        )
        self.services.transactions.commit(self.services.account_store.open(account))
        person = Person(self, account_id, email)
        if signed_in:
            reply = person.sign_in()
            assert reply.status == 201, reply.json
        return person

    def mails(self, to: str) -> list[Any]:
        """Deliver everything, and return the mails to an address, the oldest first."""
        self.world.drain()
        return [mail for mail in self.world.mails if mail.to == to]

    def token_of(self, to: str, page: str) -> str:
        """Return the token of the newest mailed link to a page of the frontend."""
        for mail in reversed(self.mails(to)):
            found = re.search(rf"{SITE}{page}\?token=(\S+)", mail.body)
            if found:
                return found[1]
        raise AssertionError(f"no mail to {to} links to {page}: {[mail.body for mail in self.mails(to)]}")

    def log(self, account_id: str) -> list[str]:
        """Return the kinds in an account's security log, the oldest first."""
        rows = self.services.security_log.page(account_id, None, 100).items
        return [entry.kind for entry in reversed(rows)]

    def rows(self) -> dict[str, Any]:
        """Return every stored item but counters and log lines, which a refusal may leave."""
        tables = {}
        for table in ("accounts", "sessions", "outbox"):
            found = self.world.dynamo.rows(f"aval-local-{table}")
            kept = [row for row in found if not row["pk"].startswith("limit#")]
            tables[table] = sorted(kept, key=lambda row: (row["pk"], row["sk"]))
        return tables


@contextmanager
def factors_scene(faults: Faults | None = None) -> Iterator[Scene]:
    with new_world(faults, passwords=QuickPasswords(), blocklist=FewWords()) as world:
        yield Scene(world)
