"""Every kind of case as one table: what it is, what happens by silence, and the acts that end it.

Kinds whose end is told by a process (orders, returns) say nothing of silence here: their own tables say it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.kit.principal import ADMIN, FINANCE, MODERATOR, SUPPORT

DISPUTE, APPEAL, HOLD, DELIVERY, RETURN = "dispute", "appeal", "hold", "delivery", "return"
STANDING, CLAIMS, VERIFICATION = "standing_appeal", "claims_appeal", "verification"
INTENT, UNCLAIMED, PAYOUT, PAYOUT_HOLD, STOP = "intent", "unclaimed", "payout", "payout_hold", "stop"
CHARGEBACK, INQUIRY, PROPOSAL = "chargeback", "inquiry", "proposal"


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    en: str
    es: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of case."""

    name: str
    what: Words
    acts: tuple[str, ...]  # method and path; {subject} is the case's, {case_id} the case itself
    roles: tuple[str, ...]  # who of the staff may do them
    silence: Words | None = None  # None: the case carries the words of its process
    closable: bool = False  # ends when somebody has looked at it


_WAITS = Words(
    "Nothing happens by itself: it waits until somebody acts.",
    "Nada ocurre solo: espera hasta que alguien actúe.",
)

# Of a bank's case, where the words of its kind do not hold.
ANSWER_STUCK = Words(
    "Our answer has not reached the bank; it is sent again every minute. Without it the bank decides alone.",
    "Nuestra respuesta no ha llegado al banco; se reenvía cada minuto. Sin ella, el banco decide solo.",
)
ANSWER_REFUSED = Words(
    "Our answer was refused, and nothing more is sent by itself. Without one the bank decides alone.",
    "Nuestra respuesta fue rechazada y ya no se envía nada solo. Sin ella, el banco decide solo.",
)
ANSWER_LEFT = Words(
    "The order's own record says that the buyer is right: no answer is sent by itself, and the bank decides alone.",
    "Los datos del propio pedido dan la razón al comprador: no se envía nada solo y el banco decide solo.",
)

_ALL = (
    Kind(DISPUTE, Words("A dispute", "Una disputa"), ("POST /disputes/{subject}/decision",), (MODERATOR,)),
    Kind(
        APPEAL,
        Words("An appeal against a decision", "Un recurso contra una resolución"),
        ("POST /disputes/{subject}/appeal/decision",),
        (MODERATOR,),
    ),
    Kind(
        HOLD,
        Words("A payment that checks or a bank's warning hold", "Un pago retenido por controles o aviso de un banco"),
        ("POST /operator/holds/{subject}/clear", "POST /operator/holds/{subject}/refuse"),
        (MODERATOR,),
    ),
    Kind(
        DELIVERY,
        Words("A delivery that nobody has proven", "Una entrega que nadie ha demostrado"),
        ("POST /orders/{subject}/delivery",),
        (MODERATOR,),
    ),
    Kind(
        RETURN,
        Words("A return that is contested or overdue", "Una devolución impugnada o fuera de plazo"),
        (
            "POST /operator/returns/{subject}/decision",
            "POST /operator/returns/{subject}/missing",
            "POST /operator/returns/{subject}/replacement",
            "POST /operator/returns/{subject}/claim-decision",
        ),
        (MODERATOR,),
    ),
    Kind(
        STANDING,
        Words("An appeal against a suspension", "Un recurso contra una suspensión"),
        ("POST /operator/accounts/{subject}/suspension/appeal",),
        (ADMIN,),
        _WAITS,
    ),
    Kind(
        CLAIMS,
        Words("An appeal against a limit on claims", "Un recurso contra un límite de reclamaciones"),
        ("POST /operator/claims/{subject}/decision",),
        (MODERATOR,),
        _WAITS,
    ),
    Kind(
        VERIFICATION,
        Words("A check of identity that failed", "Una verificación de identidad fallida"),
        ("POST /operator/cases/{case_id}/close",),
        (SUPPORT, MODERATOR, FINANCE, ADMIN),
        Words(
            "The account keeps the limits of somebody unverified; the case ends when a later check succeeds.",
            "La cuenta mantiene los límites de quien no está verificado; el caso acaba si otra verificación sale bien.",
        ),
        closable=True,
    ),
    Kind(
        INTENT,
        Words("A payment or refund that stopped", "Un pago o reembolso detenido"),
        ("POST /operator/intents/{subject}/retry", "POST /operator/intents/{subject}/close"),
        (FINANCE,),
        _WAITS,
    ),
    Kind(
        UNCLAIMED,
        Words("Money that could not be paid", "Dinero que no se pudo pagar"),
        ("POST /operator/unclaimed/{subject}/decision",),
        (FINANCE,),
        Words(
            "It stays owed, and nothing happens by itself. We promise buyers to pay them by this date.",
            "Se sigue debiendo y nada ocurre solo. A los compradores les prometemos pagarles hasta esta fecha.",
        ),
    ),
    Kind(
        PAYOUT,
        Words("A payout of unknown outcome", "Un cobro de resultado desconocido"),
        ("POST /operator/payouts/{subject}/look-up", "POST /operator/payouts/{subject}/return"),
        (FINANCE,),
        _WAITS,
    ),
    Kind(
        PAYOUT_HOLD,
        Words("Payouts held by a person or refused by the bank", "Cobros retenidos por una persona o el banco"),
        ("POST /operator/payout-holds/release",),
        (FINANCE,),
        Words(
            "With a date, the hold ends then; without one, it waits until somebody lifts it.",
            "Con fecha, la retención acaba entonces; sin fecha, espera hasta que alguien la levante.",
        ),
    ),
    Kind(
        STOP,
        Words("Payments that are stopped", "Pagos parados"),
        ("POST /operator/switches/resume",),
        (FINANCE, ADMIN),
        _WAITS,
    ),
    Kind(
        CHARGEBACK,
        Words("A chargeback to answer", "Un contracargo por responder"),
        ("POST /operator/chargebacks/{subject}/evidence",),
        (FINANCE, MODERATOR),
        Words(
            "A day before the bank's deadline it is answered with what the order's record shows, unless that is that "
            "the buyer is right.",
            "Un día antes del plazo del banco se responde con lo que muestra el registro del pedido, salvo que dé la "
            "razón al comprador.",
        ),
    ),
    Kind(
        INQUIRY,
        Words("A bank's inquiry to answer", "Una consulta de un banco por responder"),
        ("POST /operator/chargebacks/{subject}/evidence",),
        (FINANCE, MODERATOR),
        Words(
            "A day before the bank's deadline it is answered with what the order's record shows, unless that is that "
            "the buyer is right; unanswered, it would become a chargeback.",
            "Un día antes del plazo del banco se responde con lo que muestra el registro del pedido, salvo que dé la "
            "razón al comprador; sin respuesta sería un contracargo.",
        ),
    ),
    Kind(
        PROPOSAL,
        Words("A proposal that needs a second person", "Una propuesta que necesita a otra persona"),
        ("POST /operator/proposals/{subject}/approve", "POST /operator/proposals/{subject}/decline"),
        (MODERATOR, FINANCE, ADMIN),
        Words("It lapses, and nothing is done.", "Caduca y no se hace nada."),
    ),
)

KINDS: Mapping[str, Kind] = {each.name: each for each in _ALL}
