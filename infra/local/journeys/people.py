"""A person with an account: their name, their language, and their client of the API."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pyotp

from infra.local.journeys.authenticator import Device, device_for
from infra.local.journeys.exchange import Reply, as_json
from infra.local.journeys.stage import Sender, Stage, link_token
from infra.local.journeys.story import JourneyFailed

TOTP_STEP_SECONDS = 30
SEE_OTHER = 303
SITE = "https://aval.example"  # the frontend's, which passkeys are bound to
# What every trader of the journeys says of itself; buyers are shown it.
TRADER_DATA = {
    "street": "Calle del Puerto 3",
    "postal_code": "33150",
    "city": "Cudillero",
    "phone": "+34985590000",
    "contact_email": "tienda@example.com",
    "register_name": "Registro Mercantil de Asturias",
    "register_number": "AS-12345",
    "self_certified": True,
}


class Person:
    """Somebody at a frontend. Each method is what a frontend does for them."""

    def __init__(self, stage: Stage, name: str, role: str, *, locale: str, email: str, password: str) -> None:
        self.stage = stage
        self.name, self.role, self.locale, self.email = name, role, locale, email
        self.account_id = ""
        self._password = password
        self._token = ""
        self.totp_secret = ""
        self.device: Device = device_for(SITE)
        self._sender: Sender = stage.sender()

    def __str__(self) -> str:
        return f"{self.name} ({self.role})"

    @property
    def token(self) -> str:
        """Return what an Authorization header needs; empty before the first sign-in."""
        return self._token

    def elsewhere(self) -> "Person":
        """Return the same person with a connection of their own, for another thread."""
        other = Person(self.stage, self.name, self.role, locale=self.locale, email=self.email, password=self._password)
        other.account_id, other._token, other.totp_secret = self.account_id, self._token, self.totp_secret
        return other

    # Calls

    def get(self, path: str) -> Any:
        """Read something, or fail the journey."""
        return self._done("GET", path, self.ask("GET", path))

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """Do something, or fail the journey; `key` is the Idempotency-Key."""
        return self._done("POST", path, self.ask("POST", path, body, key=key))

    def confirm(self, order_id: str) -> None:
        """Confirm that an order's goods arrived, as soon as the fraud rules have looked at it."""
        path = f"/orders/{order_id}/confirm"
        reply = self.stage.until(
            f"the check of {order_id}",
            lambda: self.ask("POST", path),
            lambda answer: answer.json.get("code") != "screening_pending",
        )
        self._done("POST", path, reply)

    def ask(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Reply:
        """Send a request and return whatever is answered."""
        headers = {"Accept-Language": self.locale}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if key:
            headers["Idempotency-Key"] = key
        if body is not None:
            headers["Content-Type"] = "application/json"
        encoded = as_json(body) if body is not None else None
        return self.send(method, self.stage.place.api_url + path, headers, encoded)

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        """Send any request, for example to a page that a link led to."""
        return self._sender.send(method, url, headers, body)

    def _done(self, method: str, path: str, reply: Reply) -> Any:
        if reply.ok:
            return reply.json
        problem = reply.json
        said = problem.get("title") or problem.get("message") or reply.body[:200].decode(errors="replace")
        because = f"{reply.status} {problem.get('code', '')}".strip()
        raise JourneyFailed(
            f"{method} {path} by {self} was answered with {because}: {said} {problem.get('fields', '')}"
        )

    # Account

    def sign_up(self) -> str:
        """Open the account, prove the address with mailed link and password, sign in; return the mail's subject."""
        form = {
            "email": self.email,
            "password": self._password,
            "display_name": self.name,
            "locale": self.locale,
        }
        self.post("/signup", form)
        mail = self.stage.mail_to(self.email, "token=")
        proof = {"token": link_token(mail), "password": self._password}
        self.account_id = self.post("/signup/verify", proof)["account_id"]
        self.sign_in()
        return str(mail["Subject"])

    def sign_in(self, code: str | None = None) -> Any:
        """Open a session and keep its token; `code` is the authenticator app's."""
        return self._done("POST", "/sessions", self.try_sign_in(code))

    def try_sign_in(self, code: str | None = None) -> Reply:
        """Open a session if that is allowed, and return the answer."""
        credentials = {"email": self.email, "password": self._password}
        reply = self.ask("POST", "/sessions", credentials | ({"code": code} if code else {}))
        if reply.ok:
            self._token = reply.json["token"]
        return reply

    def enrol_second_factor(self) -> list[str]:
        """Add an authenticator app and confirm it with a first code; return the recovery codes."""
        self.totp_secret = self.post("/security/totp", {"password": self._password})["secret"]
        codes: list[str] = self.post("/security/totp/confirm", {"code": self.code()})["recovery_codes"]
        return codes

    def step_up(self, **shown: Any) -> None:
        """Prove once more who one is, by the password unless told, and go on under the new token."""
        self._token = self.post("/sessions/step-up", shown or {"password": self._password})["token"]

    def add_passkey(self, name: str = "Phone") -> list[str]:
        """Make the device a passkey; return the recovery codes when it is the first factor."""
        options = self.post("/passkeys/registrations", {"password": self._password})["public_key"]
        added = self.post("/passkeys", {"name": name, "credential": self.device.create(options)})
        codes: list[str] = added["recovery_codes"]
        return codes

    def sign_in_with_passkey(self) -> Any:
        """Open a session with the device alone: no address, no password."""
        options = self.post("/sessions/passkey-challenges")["public_key"]
        opened = self.post("/sessions/passkey", {"credential": self.device.get(options)})
        self._token = opened["token"]
        return opened

    def code(self, steps: int = 0) -> str:
        """Return what the authenticator app shows `steps` half minutes from now.

        A code counts once, and the next one counts already: phones' clocks differ. So nobody here waits for a new one.
        """
        app = pyotp.TOTP(self.totp_secret, interval=TOTP_STEP_SECONDS)
        return app.at(int(self.stage.time()) + steps * TOTP_STEP_SECONDS)

    def take_up(self, account_id: str, totp_secret: str) -> None:
        """Be who signed up in an earlier run."""
        self.account_id, self.totp_secret = account_id, totp_secret

    # Selling

    def apply_to_sell(self, legal_name: str, kind: str, country: str) -> None:
        """Apply, fill in Stripe's page, and wait until selling is unlocked."""
        self.post("/sellers", {"legal_name": legal_name, "kind": kind, "country": country})
        if kind == "trader":
            path = "/sellers/me/trader-data"
            self._done("PUT", path, self.ask("PUT", path, TRADER_DATA))
        self.fill_in_onboarding()
        self.stage.until(
            f"{self.name}'s selling to be unlocked",
            lambda: self.get("/sellers/me"),
            lambda seller: seller["status"] == "active",
        )

    def verify_identity(self) -> Any:
        """Show Stripe's page a good document, and wait until the marketplace knows the outcome."""
        begun = self.post("/verifications", {"return_url": "https://aval.example/identity"}, key=f"id-{self.stage.tag}")
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        done = self.send("POST", begun["url"], form, b"outcome=pass")
        if done.status != SEE_OTHER:
            raise JourneyFailed(f"Stripe's page for identities answered {done.status}")
        return self.stage.until(
            f"{self.name}'s identity to be verified",
            lambda: self.get("/verifications/mine"),
            lambda check: check["status"] == "verified",
        )

    def fill_in_onboarding(self) -> str:
        """Open Stripe's page, give everything it asks, and return where it sends the seller afterwards."""
        back = {"return_url": "https://aval.example/seller", "refresh_url": "https://aval.example/seller/again"}
        page = self.post("/sellers/me/onboarding", back)["url"]
        shown = self.send("GET", page, {})
        done = self.send("POST", page, {"Content-Type": "application/x-www-form-urlencoded"}, b"")
        if not shown.ok or done.status != SEE_OTHER:
            raise JourneyFailed(f"Stripe's page for sellers answered {shown.status} and {done.status}")
        return urlsplit(done.headers["location"]).path
