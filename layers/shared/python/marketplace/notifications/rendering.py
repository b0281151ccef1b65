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


def mail_body(text: Text, *, name: str, link: str, locale: str) -> str:
    """Set a notice as a letter: greeting, text, the one link, signature."""
    shown = " ".join(name.split())[:_NAME_SHOWN_MAX]
    greeting = (f"Hola, {shown}:" if shown else "Hola:") if locale == "es" else f"Hello {shown}".rstrip() + ","
    return f"{greeting}\n\n{text.body}\n\n{link}\n\nAval\n"


def _fill(template: Template, subject: str, facts: Facts, locale: str) -> Text:
    wording = template.wording(locale)
    values = _values(template.kind, subject, facts, locale)
    return Text(wording.subject.format_map(values), wording.body.format_map(values), template.path.format_map(values))


def _values(kind: str, subject: str, facts: Facts, locale: str) -> dict[str, str]:
    spanish = locale == "es"
    order = subject if kind.startswith(("order.", "hold.")) else str(facts.get("order_id", ""))
    return {
        "order": order,
        "dispute": subject,
        "receipt": str(facts.get("receipt_id", "")),
        "total": _amount(facts, "total_minor", locale)
        or ("el importe del pedido" if spanish else "the order's amount"),
        "refund": _amount(facts, "refund_minor", locale)
        or ("la parte que indica la disputa" if spanish else "the part shown in the dispute"),
        "deadline": _deadline(facts, locale),
        "why": WHY.get(str(facts.get("via", "")), ("The order ended.", "El pedido ha terminado."))[spanish],
    }


def _amount(facts: Facts, name: str, locale: str) -> str | None:
    amount, currency = facts.get(name), facts.get("currency")
    if isinstance(amount, int) and isinstance(currency, str) and currency in CURRENCIES:
        return format_money(amount, currency, locale)
    return None


def _deadline(facts: Facts, locale: str) -> str:
    due_at = _moment(facts.get("due_at"))
    if locale == "es":
        return f"antes del {format_moment(due_at, 'es')}" if due_at else "dentro del plazo que indica el pedido"
    return f"by {format_moment(due_at, 'en')}" if due_at else "within the time shown in the order"


def _moment(value: str | int | None) -> datetime | None:
    try:
        return from_text(value) if isinstance(value, str) else None
    except ValueError:
        return None
