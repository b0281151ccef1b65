"""What must be known of a seller before anything is on sale, computed from what is known now.

For traders in the European Union the list is Article 30 of the Digital Services Act (Regulation 2022/2065): paragraph 1
names the data, 2 asks the marketplace to check it, 3 to have it put right, 7 to show it to buyers.
"""

from dataclasses import dataclass
from datetime import datetime

from marketplace.accounts.model import TRADER, Account, SellerProfile
from marketplace.selling.model import EU_COUNTRIES, TraderData

MISSING, ATTESTED, VERIFIED, REFUSED, OUTDATED = "missing", "attested", "verified", "refused", "outdated"
_GOOD = frozenset({ATTESTED, VERIFIED})

OURS, SELLER, STRIPE = "marketplace", "seller", "stripe"  # where a fact comes from


@dataclass(frozen=True, slots=True)
class Item:
    """One line. `todo_*` say what would complete it, "" when nothing is left to do."""

    name: str
    en: str
    es: str
    status: str
    required: bool
    source: str
    at: datetime | None = None
    todo_en: str = ""
    todo_es: str = ""

    @property
    def blocks(self) -> bool:
        """Say whether nothing may be put on sale because of it."""
        return self.required and self.status not in _GOOD


@dataclass(frozen=True, slots=True)
class Checklist:
    """All lines of one seller."""

    applies: str  # "dsa_article_30" or "private_seller" or "trader_elsewhere"
    items: tuple[Item, ...]
    confirm_by: datetime | None = None

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(item.name for item in self.items if item.blocks)


_ONBOARD = (
    "Finish Stripe's page: POST /sellers/me/onboarding.",
    "Termina la página de Stripe: POST /sellers/me/onboarding.",
)
_DECLARE = (
    "Give it with PUT /sellers/me/trader-data.",
    "Indícalo con PUT /sellers/me/trader-data.",
)
_CONFIRM = (
    "It is a year old: say with PUT /sellers/me/trader-data that it is still right.",
    "Tiene un año: confirma con PUT /sellers/me/trader-data que sigue siendo correcto.",
)
_IDENTIFY = (
    "Verify your identity: POST /verifications, or Stripe's page for sellers.",
    "Verifica tu identidad: POST /verifications, o la página de Stripe para vendedores.",
)
_PROTECT = (
    "Turn a second factor on: it is needed before the first payout.",
    "Activa un segundo factor: hace falta antes del primer cobro.",
)


def is_bound_by_article_30(seller: SellerProfile) -> bool:
    """Say whether the seller is a trader whose law asks for the whole list."""
    return seller.kind == TRADER and seller.country in EU_COUNTRIES


def checklist(account: Account, seller: SellerProfile, data: TraderData | None, now: datetime) -> Checklist:
    """Compute every line as things stand now."""
    known = [_name(seller), _email(account), _payout_account(seller), _identity(account, seller)]
    factor = _second_factor(account)
    if seller.kind != TRADER:
        return Checklist("private_seller", (*known, factor))
    bound = is_bound_by_article_30(seller)
    told = [
        _told("address", ("Address", "Dirección"), data, now, required=bound),
        _told("phone", ("Telephone number", "Número de teléfono"), data, now, required=bound),
        _told("contact_email", ("E-mail for buyers", "Correo para compradores"), data, now, required=bound),
        _told("register", ("Trade register", "Registro mercantil"), data, now, required=bound),
        _told(
            "self_certification",
            (
                "Declaration to offer only products and services that comply with the law of the Union",
                "Declaración de ofrecer solo productos y servicios que cumplan el Derecho de la Unión",
            ),
            data,
            now,
            required=bound,
        ),
    ]
    law = "dsa_article_30" if bound else "trader_elsewhere"
    return Checklist(law, (*known, *told, factor), data.confirm_by if data else None)


def _name(seller: SellerProfile) -> Item:
    checked = seller.activated_at is not None
    at = seller.activated_at or seller.applied_at
    status, source = (VERIFIED, STRIPE) if checked else (ATTESTED, SELLER)
    return Item("name", "Name", "Nombre", status, True, source, at)


def _email(account: Account) -> Item:
    status = VERIFIED if account.email_verified else MISSING
    todo = ("", "") if account.email_verified else ("Open the link we mailed.", "Abre el enlace que te enviamos.")
    return Item("account_email", "Your e-mail address", "Tu correo", status, True, OURS, account.created_at, *todo)


def _payout_account(seller: SellerProfile) -> Item:
    """Judge the payment account, whose holder Stripe verifies before it pays out."""
    stopped = seller.activated_at is not None and not seller.active
    status = VERIFIED if seller.active else REFUSED if stopped else MISSING
    todo = ("", "") if seller.active else _ONBOARD
    named = ("Payment account", "Cuenta de cobro")
    return Item("payment_account", *named, status, True, STRIPE, seller.activated_at, *todo)


def _identity(account: Account, seller: SellerProfile) -> Item:
    """Judge the copy of an identity document, or electronic identification: shown to Stripe, never to us."""
    at = account.identity_verified_at or (seller.activated_at if seller.active else None)
    status = VERIFIED if at else MISSING
    return Item("identity", "Identity", "Identidad", status, True, STRIPE, at, *(("", "") if at else _IDENTIFY))


def _second_factor(account: Account) -> Item:
    status = VERIFIED if account.has_factor else MISSING
    todo = ("", "") if account.has_factor else _PROTECT
    return Item("second_factor", "Second factor", "Segundo factor", status, False, OURS, None, *todo)


def _told(name: str, named: tuple[str, str], data: TraderData | None, now: datetime, *, required: bool) -> Item:
    """One line of what the trader says itself: good for a year, and then to be confirmed."""
    if data is None:
        return Item(name, *named, MISSING, required, SELLER, None, *_DECLARE)
    outdated = now >= data.confirm_by
    todo = _CONFIRM if outdated else ("", "")
    return Item(name, *named, OUTDATED if outdated else ATTESTED, required, SELLER, data.attested_at, *todo)
