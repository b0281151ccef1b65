"""Facts into text: amounts, dates and templates in the reader's language.

Pure and total: a fact that an event did not carry becomes a plain phrase, never an error, because stored
notifications outlive the code that wrote them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from marketplace.kit.clock import from_text
from marketplace.kit.money import CURRENCIES
from marketplace.notifications.templates import TEMPLATES
from marketplace.notifications.texts_endings import WHY
from marketplace.notifications.wording import Template
from marketplace.orders.references import reference_of
from marketplace.payouts.causes import cause_in_words, in_words

_NO_BREAK = "\N{NO-BREAK SPACE}"
_SYMBOLS = {"eur": "€", "usd": "US$", "gbp": "£", "jpy": "¥"}
_UNGROUPED_DIGITS_ES = 4  # Spanish groups thousands from five digits on (Ortografía de la RAE; CLDR agrees)
_MONTHS = (
    ("January", "enero"),
    ("February", "febrero"),
    ("March", "marzo"),
    ("April", "abril"),
    ("May", "mayo"),
    ("June", "junio"),
    ("July", "julio"),
    ("August", "agosto"),
    ("September", "septiembre"),
    ("October", "octubre"),
    ("November", "noviembre"),
    ("December", "diciembre"),
)
_NAME_SHOWN_MAX = 60  # characters of a display name in a greeting

Facts = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Text:
    """A notice ready to be read."""

    title: str
    body: str
    path: str  # where the frontend shows more


def format_money(amount_minor: int, currency: str, locale: str) -> str:
    """Write an amount as the locale does: €1,234.50 in English, 1234,50 € in Spanish."""
    decimals = CURRENCIES[currency]
    whole, rest = divmod(abs(amount_minor), 10**decimals)
    sign = "-" if amount_minor < 0 else ""
    symbol = _SYMBOLS[currency]
    if locale == "es":
        fraction = f",{rest:0{decimals}d}" if decimals else ""
        return f"{sign}{_grouped_es(whole)}{fraction}{_NO_BREAK}{symbol}"
    fraction = f".{rest:0{decimals}d}" if decimals else ""
    return f"{sign}{symbol}{whole:,}{fraction}"


def _grouped_es(whole: int) -> str:
    digits = str(whole)
    return digits if len(digits) <= _UNGROUPED_DIGITS_ES else f"{whole:,}".replace(",", ".")


def format_moment(moment: datetime, locale: str) -> str:
    """Write a moment to the minute, in UTC and saying so."""
    at = moment.astimezone(UTC)
    english, spanish = _MONTHS[at.month - 1]
    if locale == "es":
        return f"{at.day} de {spanish} de {at.year} a las {at:%H:%M} (UTC)"
    return f"{at.day} {english} {at.year}, {at:%H:%M} (UTC)"


def render(kind: str, party: str, subject: str, facts: Facts, locale: str) -> Text:
    """Fill the template of this kind and party; an unknown kind still reads as a sentence."""
    template = TEMPLATES.get((kind, party))
    if template is None:
        title = "Ha cambiado algo" if locale == "es" else "Something changed"
        return Text(title, f"{kind}: {subject}", "/notifications")
    return _fill(template, subject, facts, locale)


def mail_body(text: Text, *, name: str, link: str, locale: str, not_me: str = "") -> str:
    """Set a notice as a letter: greeting, text, link, the link that disowns it where there is one, signature."""
    shown = " ".join(name.split())[:_NAME_SHOWN_MAX]
    greeting = (f"Hola, {shown}:" if shown else "Hola:") if locale == "es" else f"Hello {shown}".rstrip() + ","
    disown = "No he sido yo" if locale == "es" else "This was not me"
    last = f"{disown}: {not_me}\n\n" if not_me else ""
    return f"{greeting}\n\n{text.body}\n\n{link}\n\n{last}Aval\n"


def _fill(template: Template, subject: str, facts: Facts, locale: str) -> Text:
    wording = template.wording(locale)
    values = _values(template.kind, subject, facts, locale)
    return Text(wording.subject.format_map(values), wording.body.format_map(values), template.path.format_map(values))


def _values(kind: str, subject: str, facts: Facts, locale: str) -> dict[str, str]:
    spanish = locale == "es"
    order = subject if kind.startswith(("order.", "hold.")) else str(facts.get("order_id", ""))
    return {
        "order": order,
        "reference": reference_of(order) if order else "",
        "dispute": subject,
        "receipt": str(facts.get("receipt_id", "")),
        "decision": str(facts.get("decision_id", "")),
        "total": _amount(facts, "total_minor", locale)
        or ("el importe del pedido" if spanish else "the order's amount"),
        "refund": _amount(facts, "refund_minor", locale)
        or ("la parte que indica la disputa" if spanish else "the part shown in the dispute"),
        "deadline": _deadline(facts, locale),
        "amount": _amount(facts, "amount_minor", locale) or ("el saldo" if spanish else "the balance"),
        "reason": in_words(str(facts.get("reason") or "unknown"), locale) or "",
        "hold": cause_in_words(str(facts.get("cause", "")), locale),
        "until": _until(facts, locale),
        "received": _received(facts, locale),
        "month": _month(facts, locale),
        "why": WHY.get(str(facts.get("via", "")), ("The order ended.", "El pedido ha terminado."))[spanish],
    }


def _amount(facts: Facts, name: str, locale: str) -> str | None:
    amount, currency = facts.get(name), facts.get("currency")
    if isinstance(amount, int) and isinstance(currency, str) and currency in CURRENCIES:
        return format_money(amount, currency, locale)
    return None


def _month(facts: Facts, locale: str) -> str:
    """Say which calendar month; the month itself, where it cannot be read."""
    named = str(facts.get("month", ""))
    found = _moment(f"{named}-01T00:00:00+00:00") if named else None
    if found is None:
        return named
    english_month, spanish_month = _MONTHS[found.month - 1]
    return f"{spanish_month} de {found.year}" if locale == "es" else f"{english_month} {found.year}"


def _until(facts: Facts, locale: str) -> str:
    """Say until when something waits; the next date of a payout, where that is what follows."""
    found = _moment(facts.get("until")) or _moment(facts.get("next_at"))
    spanish = locale == "es"
    if found is None:
        return "cuando se cumpla su condición" if spanish else "once its condition is met"
    english_month, spanish_month = _MONTHS[found.month - 1]
    return f"el {found.day} de {spanish_month}" if spanish else f"on {found.day} {english_month}"


def _deadline(facts: Facts, locale: str) -> str:
    due_at = _moment(facts.get("due_at"))
    if locale == "es":
        return f"antes del {format_moment(due_at, 'es')}" if due_at else "dentro del plazo que indica el pedido"
    return f"by {format_moment(due_at, 'en')}" if due_at else "within the time shown in the order"


def _received(facts: Facts, locale: str) -> str:
    at = _moment(facts.get("received_at"))
    if at is None:
        return "hace poco" if locale == "es" else "lately"
    return f"el {format_moment(at, 'es')}" if locale == "es" else f"on {format_moment(at, 'en')}"


def _moment(value: str | int | None) -> datetime | None:
    try:
        return from_text(value) if isinstance(value, str) else None
    except ValueError:
        return None
