"""Who plays: every journey has people of its own, so that none disturbs another; only the staff is shared."""

import secrets
import threading
import unicodedata
from typing import Protocol

from infra.local.journeys.people import TOTP_STEP_SECONDS, Person
from infra.local.journeys.stage import Stage

ADMIN, OPERATOR = "administrator", "moderator"
ADMIN_NAME, OPERATOR_NAME = "Julio Prieto", "Rosa Delgado"
PASSWORD_BYTES = 18


class Vault(Protocol):
    """Keeps what must outlast a run when the marketplace does."""

    def recall(self, name: str) -> dict[str, str] | None:
        """Return what was kept under a name."""

    def keep(self, name: str, values: dict[str, str]) -> None:
        """Keep some values under a name."""


class Cast:
    """Signs people up as the journeys call for them."""

    def __init__(self, stage: Stage, vault: Vault) -> None:
        self.stage = stage
        self.people: dict[str, Person] = {}  # by account
        self._vault = vault
        self._operator: Person | None = None
        self._lock = threading.Lock()

    def stranger(self, name: str, role: str, locale: str) -> Person:
        """Return somebody who has no account yet."""
        address = f"{_plain(name)}.{self.stage.tag}@example.com"
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        return Person(self.stage, name, role, locale=locale, email=address, password=password)

    def buyer(self, name: str, locale: str) -> Person:
        """Return somebody who has signed up to buy."""
        person = self.stranger(name, "buyer", locale)
        person.sign_up()
        return self.note(person)

    def seller(self, name: str, locale: str, *, kind: str, country: str, legal_name: str = "") -> Person:
        """Return somebody who has signed up, and whom Stripe can pay."""
        person = self.stranger(name, "seller", locale)
        person.sign_up()
        person.apply_to_sell(legal_name or name, kind, country)
        return self.note(person)

    def note(self, person: Person) -> Person:
        """Remember a person by account, for the tables at the end."""
        self.people[person.account_id] = person
        return person

    def operator(self) -> Person:
        """Return a moderator of the marketplace, signed in with a second factor."""
        with self._lock:
            if self._operator is None:
                self._operator = self.note(self._appointed())
            return self._operator.elsewhere()

    def _appointed(self) -> Person:
        """Return the moderator, whom the administrator appoints in the first run."""
        address = f"moderation@{self.stage.place.admin_email.partition('@')[2]}"
        moderator = self._staff(OPERATOR, OPERATOR_NAME, address)
        if OPERATOR not in moderator.get("/account")["roles"]:
            admin = self._staff(ADMIN, ADMIN_NAME, self.stage.place.admin_email)
            role = {"role": OPERATOR, "reasons": "Decides disputes and holds."}
            admin.post(f"/operator/accounts/{moderator.account_id}/roles", role, key=f"moderator-{self.stage.tag}")
        return moderator

    def _staff(self, name: str, display_name: str, address: str) -> Person:
        """Return somebody who signed in with a second factor."""
        kept = self._vault.recall(name)
        password = kept["password"] if kept else secrets.token_urlsafe(PASSWORD_BYTES)
        person = Person(self.stage, display_name, name, locale="es", email=address, password=password)
        if kept:
            person.take_up(kept["account_id"], kept["totp_secret"])
            if not person.try_sign_in(person.code(1)).ok:  # the last run ended so lately that it spent this code
                self.stage.pause(TOTP_STEP_SECONDS)
                person.sign_in(person.code(1))
            return person
        person.sign_up()
        person.enrol_second_factor()
        person.sign_in(person.code(1))
        values = {"password": password, "totp_secret": person.totp_secret, "account_id": person.account_id}
        self._vault.keep(name, {"email": address, **values})
        return person


def _plain(name: str) -> str:
    """Write a name with the letters of an address."""
    letters = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return ".".join(letters.split())
