"""Who plays: every journey has people of its own, so that none disturbs another; only the staff is shared."""

import secrets
import threading
import unicodedata
from typing import Any, Protocol

from infra.local.journeys.people import PASSWORD_BYTES, TOTP_STEP_SECONDS, Person
from infra.local.journeys.stage import Stage

ADMIN, OPERATOR = "admin", "moderator"
ADMIN_NAME, OPERATOR_NAME = "Julio Prieto", "Rosa Delgado"
ADMIN_ROLE = "admin"
SECOND_ADMIN, SECOND_ADMIN_NAME = "second-admin", "Amalia Ruiz"


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
        self._staff_here: dict[str, Person] = {}  # who signed in during this run
        self._lock = threading.RLock()

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
        """Return the moderator, signed in with a second factor; the administrator appoints them in the first run."""
        with self._lock:
            moderator = self._staff(OPERATOR, OPERATOR_NAME, self._office("moderation"))
            if OPERATOR not in moderator.get("/account")["roles"]:
                self.appoint(self.admin(), moderator, OPERATOR, "Decides disputes and holds.")
            return moderator.elsewhere()

    def admin(self) -> Person:
        """Return the first administrator, signed in with a second factor."""
        with self._lock:
            return self._staff(ADMIN, ADMIN_NAME, self.stage.place.admin_email).elsewhere()

    def second_admin(self) -> Person:
        """Return who is or becomes the second administrator, with a second factor."""
        with self._lock:
            return self._staff(SECOND_ADMIN, SECOND_ADMIN_NAME, self._office("second.admin")).elsewhere()

    def admins(self) -> tuple[Person, Person]:
        """Return both administrators; the first appoints the second in the first run."""
        with self._lock:
            admin, second = self.admin(), self.second_admin()
            if ADMIN_ROLE not in second.get("/account")["roles"]:
                self.appoint(admin, second, ADMIN_ROLE, "Two administrators, so that none decides alone.")
            return admin, second

    def employee(self, name: str, role: str) -> Person:
        """Return somebody new with a second factor, whom an administrator can appoint."""
        person = self.stranger(name, role, "es")
        person.sign_up()
        person.enrol_second_factor()
        return self.note(person)

    def appoint(self, admin: Person, person: Person, role: str, reasons: str) -> Any:
        """Give somebody a role, or propose it."""
        asked = {"role": role, "reasons": reasons}
        key = f"{role}-{person.account_id}-{self.stage.tag}"
        return admin.post(f"/operator/accounts/{person.account_id}/roles", asked, key=key)

    def _office(self, name: str) -> str:
        return f"{name}@{self.stage.place.admin_email.partition('@')[2]}"

    def _staff(self, name: str, display_name: str, address: str) -> Person:
        if name not in self._staff_here:
            self._staff_here[name] = self.note(self._signed_in(name, display_name, address))
        return self._staff_here[name]

    def _signed_in(self, name: str, display_name: str, address: str) -> Person:
        """Return somebody who signed in with a second factor."""
        kept = self._vault.recall(name)
        password = kept["password"] if kept else secrets.token_urlsafe(PASSWORD_BYTES)
        role = ADMIN if name == SECOND_ADMIN else name
        person = Person(self.stage, display_name, role, locale="es", email=address, password=password)
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
