"""The words of receipts and statements, in English and Spanish. Pure: a code without words is shown as itself."""

from collections.abc import Mapping

from marketplace.fees.schedule import rule_named
from marketplace.fees.vat import REASONS
from marketplace.notifications.texts_endings import WHY
from marketplace.orders.model import BUYER, SELLER

Pair = tuple[str, str]

FACTS: Mapping[tuple[str, str], Pair] = {
    (BUYER, "capture"): ("You paid", "Pagaste"),
    (BUYER, "refund"): ("Refunded to you", "Reembolsado a ti"),
    (BUYER, "refund_failed"): (
        "A refund came back to us: your bank did not take it",
        "Un reembolso volvió a nosotros: tu banco no lo aceptó",
    ),
    (BUYER, "chargeback_withdrawn"): (
        "Your bank took it back while it looks at your complaint",
        "Tu banco lo retiró mientras estudia tu reclamación",
    ),
    (BUYER, "chargeback_reinstated"): ("Your bank gave it back to us", "Tu banco nos lo devolvió"),
    (BUYER, "late_payment"): (
        "You paid after the reservation had ended (the whole checkout)",
        "Pagaste cuando la reserva ya había terminado (toda la compra)",
    ),
    (BUYER, "late_refund"): ("The late payment went back to you", "El pago tardío volvió a ti"),
    (BUYER, "late_payment_regained"): (
        "Your bank had paid the late payment back to you, and took that back",
        "Tu banco te había devuelto el pago tardío y después lo anuló",
    ),
    (BUYER, "unclaimed_to_payer"): (
        "Kept for you until now, and sent again",
        "Guardado para ti hasta ahora y enviado de nuevo",
    ),
    (BUYER, "waiting"): ("Waits to be paid to you", "Espera a que te lo paguemos"),
    (BUYER, "buyers_to_seller"): (
        "Did not reach you, and found to be the seller's",
        "No te llegó y se reconoció que era del vendedor",
    ),
    (SELLER, "release"): ("Your part of the price", "Tu parte del precio"),
    (SELLER, "commission"): ("Commission", "Comisión"),
    (SELLER, "commission_vat"): ("VAT on the commission", "IVA de la comisión"),
    (SELLER, "refund_taken_back"): ("Refunded to the buyer afterwards", "Reembolsado después al comprador"),
    (SELLER, "refund_cost"): (
        "Processing cost of a refund that you bear",
        "Coste de procesar un reembolso que asumes tú",
    ),
    (SELLER, "made_good"): (
        "Paid by us after your appeal: the buyer keeps what they got",
        "Pagado por nosotros tras tu recurso: el comprador conserva lo que recibió",
    ),
    (SELLER, "netted"): ("Kept against what you owed", "Compensado con lo que debías"),
    (SELLER, "transfer"): ("Sent to your Stripe account", "Enviado a tu cuenta de Stripe"),
    (SELLER, "transfer_reversal"): ("Taken back from your Stripe account", "Retirado de tu cuenta de Stripe"),
    (SELLER, "chargeback_lost"): (
        "Kept by the buyer's bank after a chargeback",
        "Retenido por el banco del comprador tras un contracargo",
    ),
    (SELLER, "chargeback_reinstated"): (
        "Given back by the buyer's bank after a chargeback",
        "Devuelto por el banco del comprador tras un contracargo",
    ),
    (SELLER, "intent_closed"): (
        "Could not be sent: kept for you until a person solves it",
        "No se pudo enviar: te lo guardamos hasta que una persona lo resuelva",
    ),
    (SELLER, "waiting"): ("Waits to be paid to you", "Espera a que te lo paguemos"),
    (SELLER, "payout"): ("Paid out to your bank", "Pagado a tu banco"),
    (SELLER, "payout_returned"): ("A payout that came back from your bank", "Un pago que volvió de tu banco"),
    (SELLER, "correction"): ("Correction", "Corrección"),
    (SELLER, "unclaimed_to_seller"): (
        "Kept for you until now, and sent again",
        "Guardado para ti hasta ahora y enviado de nuevo",
    ),
    (SELLER, "unclaimed_to_refund"): (
        "Kept for you until now: it pays what was refunded",
        "Guardado para ti hasta ahora: paga lo reembolsado",
    ),
    (SELLER, "sellers_to_buyer"): (
        "Could not be sent to you, and given back to the buyer",
        "No se te pudo enviar y se devuelve al comprador",
    ),
    (SELLER, "buyers_to_seller"): (
        "Did not reach the buyer, and found to be yours",
        "No llegó al comprador y reconocido como tuyo",
    ),
    (SELLER, "regained_to_seller"): (
        "Given back by a bank when the order was over, and found to be yours",
        "Devuelto por un banco con el pedido ya terminado y reconocido como tuyo",
    ),
    (SELLER, "debt_written_off"): (
        "Written off: you no longer owe it",
        "Condonado: ya no lo debes",
    ),
    (SELLER, "debt_collected"): (
        "Taken from your Stripe account for what you owed of other orders",
        "Retirado de tu cuenta de Stripe por lo que debías de otros pedidos",
    ),
    (SELLER, "debt_settled"): ("Debt settled with it", "Deuda saldada con ello"),
    (BUYER, "release"): ("Passed on: the order ended", "Entregado: el pedido terminó"),
    (BUYER, "chargeback_lost"): ("Kept by your bank for you", "Retenido por tu banco para ti"),
    (BUYER, "refund_taken_back"): ("Taken back from the seller for you", "Retirado al vendedor para ti"),
    (BUYER, "intent_closed"): (
        "Could not be sent: kept until a person solves it",
        "No se pudo enviar: se guarda hasta que una persona lo resuelva",
    ),
    (BUYER, "unclaimed_to_buyer"): (
        "Kept for you until now, and sent again",
        "Guardado para ti hasta ahora y enviado de nuevo",
    ),
    (BUYER, "paid_outside"): ("Paid to you by bank transfer", "Pagado a ti por transferencia bancaria"),
    (BUYER, "sellers_to_buyer"): (
        "Could not be sent to the seller, and given back to you",
        "No se pudo enviar al vendedor y se te devuelve",
    ),
    (BUYER, "regained_to_buyer"): (
        "Given back by a bank when the order was over, and found to be yours",
        "Devuelto por un banco con el pedido ya terminado y reconocido como tuyo",
    ),
    (BUYER, "refund_overtaken"): ("Your bank had already paid it back", "Tu banco ya lo había devuelto"),
}


_BESIDE: Mapping[str, Pair] = {
    "refund_beside": (
        "Given back beside the order's end; its reason stands with the order's refunds.",
        "Devuelto aparte del final del pedido; el motivo figura en los reembolsos del pedido.",
    ),
}


def title_of(role: str, fact: str, locale: str) -> str:
    """Say what happened, to the buyer or to the seller."""
    return FACTS.get((role, fact), (fact, fact))[locale == "es"]


def clause_of(clause: str, locale: str, rate_bps: int = 0) -> str:
    """Say which rule an amount follows from; rules are named as GET /fees lists them."""
    known = REASONS.get(clause) or WHY.get(clause) or _BESIDE.get(clause)
    told = known[locale == "es"] if known else ", ".join(_rule(each, locale) for each in clause.split())
    return f"{percent(rate_bps, locale)}. {told}" if rate_bps else told


def percent(bps: int, locale: str) -> str:
    """Write ten-thousandths as a percentage."""
    whole, rest = divmod(bps, 100)
    fraction = f"{rest:02d}".rstrip("0")
    if locale == "es":
        return f"{whole}{',' + fraction if fraction else ''}\N{NO-BREAK SPACE}%"
    return f"{whole}{'.' + fraction if fraction else ''}%"


def _rule(rule_id: str, locale: str) -> str:
    rule = rule_named(rule_id)
    return f"{percent(rule.percent_bps, locale)} ({rule_id})" if rule else rule_id


PAGE: Mapping[str, Pair] = {
    "receipt": ("Receipt", "Recibo"),
    "earning": ("Earnings of an order", "Ingresos de un pedido"),
    "statement": ("Statement", "Extracto"),
    "order": ("Order", "Pedido"),
    "number": ("Order number", "Número de pedido"),
    "withdrawal": ("Right of withdrawal", "Derecho de desistimiento"),
    "placed": ("Placed", "Realizado"),
    "state": ("State", "Estado"),
    "goods": ("What was bought", "Lo comprado"),
    "article": ("Article", "Artículo"),
    "quantity": ("Quantity", "Cantidad"),
    "price": ("Price", "Precio"),
    "sum": ("Sum", "Suma"),
    "money": ("Every amount", "Cada importe"),
    "date": ("Date (UTC)", "Fecha (UTC)"),
    "what": ("What happened", "Qué pasó"),
    "rule": ("Why, or by which rule", "Por qué, o según qué regla"),
    "reference": ("At Stripe", "En Stripe"),
    "amount": ("Amount", "Importe"),
    "you_paid": ("You have paid in all", "Has pagado en total"),
    "you_earned": ("You have earned in all", "Has ganado en total"),
    "settled": ("How it was settled", "Cómo se liquidó"),
    "you_received": ("Settled in all", "Liquidado en total"),
    "open": ("Still open", "Pendiente"),
    "held": ("Of it, we still hold", "De ello, retenemos todavía"),
    "promised": ("On its way back to the buyer", "De camino de vuelta al comprador"),
    "waiting": ("Could not be sent, and waits to be paid to you", "No se pudo enviar y espera a que te lo paguemos"),
    "next": ("What happens next if nobody does anything", "Qué pasa después si nadie hace nada"),
    "refunds": ("What can come back to the buyer, and until when", "Qué puede volver al comprador y hasta cuándo"),
    "until": ("Until", "Hasta"),
    "at_most": ("At most", "Como mucho"),
    "nothing_next": (
        "Nothing more: this order has ended, or waits for somebody.",
        "Nada más: este pedido ha terminado o espera a alguien.",
    ),
    "none": ("No money has moved yet.", "Todavía no se ha movido dinero."),
    "read": ("As the books stood at", "Según los libros a fecha de"),
    "closing_line": (
        "Every amount comes from the marketplace's books; the amounts add up to the total with nothing left over.",
        "Cada importe sale de los libros del mercado; los importes suman el total sin que sobre ni falte nada.",
    ),
    "to_bank": (
        "From your Stripe account the money goes to your bank on your payout schedule.",
        "De tu cuenta de Stripe el dinero pasa a tu banco según tu calendario de pagos.",
    ),
    "ruled_by": ("Fees under version", "Comisiones según la versión"),
}

STATES: Mapping[str, Pair] = {
    "awaiting_payment": ("awaiting payment", "pendiente de pago"),
    "paid": ("paid, not shipped yet", "pagado, aún sin enviar"),
    "shipped": ("shipped", "enviado"),
    "reported_done": ("reported done", "dado por hecho"),
    "delivery_unproven": ("delivery not proven", "entrega sin demostrar"),
    "delivered": ("delivered", "entregado"),
    "return_open": ("with a return under way", "con una devolución en curso"),
    "held": ("held for review", "retenido para revisión"),
    "disputed": ("disputed", "en disputa"),
    "negotiating": ("being talked over by both sides", "en conversación entre ambas partes"),
    "dispute_review": ("dispute being decided", "disputa por resolver"),
    "decided": ("decided; it may still be appealed", "resuelto; aún cabe recurso"),
    "appeal_review": ("appeal being decided", "recurso por resolver"),
    "charged_back": ("with the buyer's bank", "en manos del banco del comprador"),
    "settling": ("being settled", "liquidándose"),
    "released": ("complete: the seller was paid", "completo: se pagó al vendedor"),
    "refunded": ("refunded", "reembolsado"),
    "split": ("settled in two parts", "liquidado en dos partes"),
    "cancelled": ("cancelled", "cancelado"),
    "lost_to_chargeback": ("lost to a chargeback", "perdido por un contracargo"),
}


def word(name: str, locale: str) -> str:
    """Return a heading or label of the pages."""
    return PAGE[name][locale == "es"]


def state_of(state: str, locale: str) -> str:
    """Say how an order stands."""
    return STATES.get(state, (state, state))[locale == "es"]
