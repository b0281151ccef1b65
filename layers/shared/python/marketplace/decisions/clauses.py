"""The grounds on which the marketplace decides: stable ids, and the words that everybody reads.

A clause is never reworded into something else: a new rule gets a new id, and old decisions keep reading as they did.
docs/policies/clauses.md shows this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """One ground, in both languages."""

    clause_id: str
    title_en: str
    title_es: str
    text_en: str
    text_es: str


_ALL = (
    Clause(
        "process.silence",
        "What follows when nobody acts",
        "Qué ocurre si nadie actúa",
        "Every wait has a deadline and an outcome, both shown before paying. When the deadline passes, that outcome "
        "applies without anybody's asking.",
        "Cada espera tiene un plazo y un resultado, mostrados antes de pagar. Cuando el plazo vence, ese resultado se "
        "aplica sin que nadie lo pida.",
    ),
    Clause(
        "payment.risk",
        "Payments that look unsafe",
        "Pagos que parecen inseguros",
        "A paid order whose payment shows several signs of misuse is held until a person has looked at it. Nobody is "
        "paid meanwhile, and the buyer's money stays safe.",
        "Un pedido cuyo pago muestra varias señales de uso indebido queda retenido hasta que lo revise una persona. "
        "Mientras tanto no se paga a nadie y el dinero del comprador está a salvo.",
    ),
    Clause(
        "dispute.evidence",
        "Disputes are decided on what both sides showed",
        "Las disputas se deciden con lo que mostraron ambas partes",
        "The money of a disputed order is divided as the evidence of both sides and the carrier shows what was "
        "promised and what arrived.",
        "El dinero de un pedido en disputa se reparte según lo que las pruebas de ambas partes y del transportista "
        "muestran sobre lo prometido y lo recibido.",
    ),
    Clause(
        "dispute.appeal",
        "A decision can be looked at once more",
        "Una decisión puede revisarse una vez",
        "Who lost a dispute may ask once, with something new, that somebody else decides. That second decision is the "
        "marketplace's last word.",
        "Quien perdió una disputa puede pedir una vez, con algo nuevo, que decida otra persona. Esa segunda decisión "
        "es la última palabra del mercado.",
    ),
    Clause(
        "account.conduct",
        "Accounts that break the rules",
        "Cuentas que incumplen las normas",
        "An account that deceives others, sells what must not be sold or evades the marketplace's rules can lose its "
        "use, wholly or for selling. Running orders go on to their end.",
        "Una cuenta que engaña a otros, vende lo que no se puede vender o elude las normas del mercado puede perder su "
        "uso, del todo o para vender. Los pedidos en curso siguen hasta su fin.",
    ),
    Clause(
        "payout.safety",
        "Payouts that wait",
        "Cobros que esperan",
        "A payout waits while somebody's claim on its money, a bank's chargeback or a doubt about who asks for it is "
        "open. The money stays the seller's.",
        "Un cobro espera mientras esté abierta una reclamación sobre su dinero, una devolución del banco o una duda "
        "sobre quién lo pide. El dinero sigue siendo del vendedor.",
    ),
    Clause(
        "claims.fairness",
        "Claims out of the ordinary",
        "Reclamaciones fuera de lo común",
        "Somebody who claims far more often than others is told first, and limited only if it goes on. The limit "
        "never takes away what the law gives.",
        "A quien reclama mucho más que los demás se le avisa primero y solo se le limita si continúa. El límite nunca "
        "quita lo que da la ley.",
    ),
    Clause(
        "listing.information",
        "What an offer must say",
        "Lo que una oferta debe decir",
        "An offer goes on sale once it says what the law and its category ask: who sells, what it is, and how it is "
        "given back.",
        "Una oferta sale a la venta cuando dice lo que piden la ley y su categoría: quién vende, qué es y cómo se "
        "devuelve.",
    ),
    Clause(
        "refund.impossible",
        "Refunds that a bank does not take",
        "Reembolsos que un banco no acepta",
        "A refund that the buyer's bank refuses for good is closed there, kept apart for the buyer, and paid another "
        "way once they say how.",
        "Un reembolso que el banco del comprador rechaza definitivamente se cierra ahí, se guarda aparte para el "
        "comprador y se paga de otra forma cuando este diga cómo.",
    ),
    Clause(
        "bank.asks",
        "While a bank asks about a payment",
        "Mientras un banco pregunta por un pago",
        "While the buyer's bank asks about a payment, without taking it back, neither silence nor the buyer's "
        "confirmation releases the order's money, for at most 45 days from the question; after that it goes on by "
        "itself. What people decide is carried out all the same. Orders of version 2 of the process.",
        "Mientras el banco del comprador pregunta por un pago, sin retirarlo, ni el silencio ni la confirmación del "
        "comprador liberan el dinero del pedido, como mucho 45 días desde la pregunta; después continúa solo. Lo que "
        "deciden las personas se cumple igualmente. Pedidos de la versión 2 del proceso.",
    ),
    Clause(
        "money.unclaimed",
        "Money that could not be sent",
        "Dinero que no se pudo enviar",
        "What could not be sent stays owed, is counted in the proof of solvency, and never becomes the marketplace's "
        "by being unclaimed. Two people of finance decide whether it is sent to the seller, refunded to the buyer, or "
        "kept for whom it is: for five years, as long as it can be asked for (Código Civil, article 1964.2).",
        "Lo que no se pudo enviar se sigue debiendo, cuenta en la prueba de solvencia y no pasa a ser del mercado por "
        "no reclamarse. Dos personas de finanzas deciden si se envía al vendedor, se devuelve al comprador o se guarda "
        "para quien sea suyo: cinco años, mientras se pueda reclamar (Código Civil, artículo 1964.2).",
    ),
    Clause(
        "money.debt",
        "What a seller owes after a refund or a chargeback",
        "Lo que debe un vendedor tras un reembolso o un contracargo",
        "A refund or a chargeback that a seller's balance does not cover is a debt, which later earnings pay. Two "
        "people may write off some of it or all of it: the marketplace then bears the loss, and asks for it no more.",
        "Un reembolso o contracargo que el saldo del vendedor no cubre es una deuda, que pagan sus ingresos "
        "posteriores. Dos personas pueden condonarla en parte o entera: la pérdida es entonces del mercado, que ya no "
        "la reclama.",
    ),
)

CLAUSES: Mapping[str, Clause] = {each.clause_id: each for each in _ALL}


def clause_of(name: str, default: str) -> Clause:
    """Return the clause of that id; the default one for a ground that staff put in words of their own."""
    return CLAUSES.get(name) or CLAUSES[default]
