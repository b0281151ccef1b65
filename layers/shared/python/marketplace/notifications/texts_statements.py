"""What sellers are told when a month can be read: its statement, and the invoice for its commission."""

from marketplace.notifications.model import SELLER
from marketplace.notifications.wording import BOTH, ONLY_INBOX, Template, Wording

STATEMENTS = (
    Template(
        "statement.ready",
        SELLER,
        ONLY_INBOX,
        Wording(
            "Your statement for {month} is ready",
            "It shows every cent: what you earned, what was taken off it and by which rule, and what went to your "
            "bank.",
        ),
        Wording(
            "Tu extracto de {month} está listo",
            "Muestra cada céntimo: lo que ganaste, lo que se descontó y según qué regla, y lo que llegó a tu banco.",
        ),
        "/statements",
    ),
    Template(
        "invoice.ready",
        SELLER,
        BOTH,
        Wording(
            "Your invoice for {month} is ready: {amount}",
            "It is for the commission of that month, with its VAT. Nothing is left to pay: the commission was taken "
            "off your earnings. Sign in to read it and to print it.",
        ),
        Wording(
            "Tu factura de {month} está lista: {amount}",
            "Es por la comisión de ese mes, con su IVA. No queda nada por pagar: la comisión se descontó de tus "
            "ingresos. Inicia sesión para leerla e imprimirla.",
        ),
        "/statements/invoice",
    ),
)
