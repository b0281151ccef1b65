"""A person with an account: their name, their language, and their client of the API."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pyotp

from infra.local.edge import edge_headers
from infra.local.journeys.authenticator import Device, device_for
from infra.local.journeys.exchange import Reply, as_json
from infra.local.journeys.stage import Sender, Stage, link_token
from infra.local.journeys.story import JourneyFailed

TOTP_STEP_SECONDS = 30
PASSWORD_BYTES = 18
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
        self.carried: dict[str, str] = {}  # headers of every request: where somebody is, for whom they act
        self._device_token = ""  # by which the account knows this browser
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
        other.carried, other._device_token = dict(self.carried), self._device_token
        other.device = self.device
        return other

    def thief(self, name: str) -> "Person":
        """Return somebody else who has this person's address and password, on a device that nobody knows."""
        return Person(self.stage, name, "stranger", locale="en", email=self.email, password=self._password)

    def visitor(self, name: str, token: str) -> "Person":
        """Return somebody else who holds a token of their own for this account."""
        other = Person(self.stage, name, "support", locale="es", email="", password="")
        other.account_id, other._token = self.account_id, token
        return other

    def stands(self, country: str, latitude: float, longitude: float, address: str) -> None:
        """Send every request from this place, as the edge in front of the API would tell."""
        self.carried |= edge_headers(country, latitude, longitude, address)

    # Calls

    def get(self, path: str) -> Any:
        """Read something, or fail the journey."""
        return self._done("GET", path, self.ask("GET", path))

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """Do something, or fail the journey; `key` is the Idempotency-Key."""
        return self._done("POST", path, self.ask("POST", path, body, key=key))

    def put(self, path: str, body: Any) -> Any:
        """Set something, or fail the journey."""
        return self._done("PUT", path, self.ask("PUT", path, body))

    def patch(self, path: str, body: Any) -> Any:
        """Change something, or fail the journey."""
        return self._done("PATCH", path, self.ask("PATCH", path, body))

    def delete(self, path: str) -> Any:
        """Remove something, or fail the journey."""
        return self._done("DELETE", path, self.ask("DELETE", path))

    def refused(self, method: str, path: str, code: str, body: Any = None) -> Any:
        """Try something that must be refused with this code; return the problem."""
        reply = self.ask(method, path, body)
        if reply.ok or reply.json.get("code") != code:
            raise JourneyFailed(f"{method} {path} by {self} was answered with {reply.status} {reply.json}, not {code}")
        return reply.json

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
        headers = {"Accept-Language": self.locale} | self.carried
        if self._device_token:
            headers["Aval-Device"] = self._device_token
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

    def try_sign_in(self, code: str | None = None, **more: str) -> Reply:
        """Open a session if that is allowed, and return the answer; the device is remembered."""
        credentials = {"email": self.email, "password": self._password} | ({"code": code} if code else {})
        reply = self.ask("POST", "/sessions", credentials | more)
        if reply.ok:
            self._take(reply.json)
        return reply

    def set_password(self, token: str, path: str = "/password/resets") -> None:
        """Choose a new password with a mailed link's token."""
        self._password = secrets.token_urlsafe(PASSWORD_BYTES)
        self.post(path, {"token": token, "password": self._password})

    def change_password(self) -> None:
        """Choose another password, and go on under the new token."""
        chosen = secrets.token_urlsafe(PASSWORD_BYTES)
        opened = self.put("/password", {"current": self._password, "new": chosen})
        self._password = chosen
        self._take(opened)

    def move_to(self, email: str) -> None:
        """Change the account's address, and open the link that is mailed to the new one."""
        self.post("/account/email", {"email": email})
        mail = self.stage.mail_to(email, "/account/email/confirm?")
        self.post("/account/email/confirmations", {"token": link_token(mail)})
        self.email = email

    def _take(self, opened: Any) -> None:
        self._token = opened["token"]
        self._device_token = opened.get("device_token") or self._device_token

    def enrol_second_factor(self) -> list[str]:
        """Add an authenticator app and confirm it with a first code; return the recovery codes."""
        self.begin_authenticator()
        codes: list[str] = self.post("/security/totp/confirm", {"code": self.code()})["recovery_codes"]
        return codes

    def begin_authenticator(self) -> Any:
        """Get a secret for an authenticator app, and put it into the app."""
        begun = self.post("/security/totp", {"password": self._password})
        self.totp_secret = begun["secret"]
        return begun

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
        self._take(opened)
        return opened

    def step_up_with_passkey(self) -> None:
        """Prove once more who one is with the device, and go on under the new token."""
        options = self.post("/passkeys/challenges")["public_key"]
        self.step_up(passkey=self.device.get(options))

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
        """Apply, say who one is as a trader, fill in Stripe's page, and wait until selling is unlocked."""
        self.apply_without_data(legal_name, kind, country)
        if kind == "trader":
            self.put("/sellers/me/trader-data", TRADER_DATA)

    def apply_without_data(self, legal_name: str, kind: str, country: str) -> None:
        """Apply, fill in Stripe's page, and wait until it says that the seller can be paid."""
        self.post("/sellers", {"legal_name": legal_name, "kind": kind, "country": country})
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
