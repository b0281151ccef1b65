"""Everything that is decided about somebody: what it does to them, on which facts, and what they can do about it."""

from collections.abc import Mapping

from marketplace.decisions.kind import Kind, Words
from marketplace.decisions.kinds_returns import RETURNS
from marketplace.decisions.kinds_unclaimed import UNCLAIMED

_ORDER_MONEY = Words("The money of this one order.", "El dinero de este único pedido.")
_FOR_GOOD = Words("The money of this one order, for good.", "El dinero de este único pedido, de forma definitiva.")
_PAYOUTS = Words(
    "Payouts to the seller's bank; sales and refunds go on.",
    "Los cobros del vendedor en su banco; las ventas y los reembolsos siguen.",
)
_SHOWN = Words(
    "What the buyer and the seller wrote and showed, and what the carrier reported.",
    "Lo que el comprador y el vendedor escribieron y mostraron, y lo que informó el transportista.",
)
_CONDUCT = Words(
    "What staff found on the account, as the reasons say.", "Lo que el equipo halló en la cuenta, según los motivos."
)

_ALL = (
    Kind(
        "hold.placed",
        Words("The order's payment is held until a person has looked.", "El pago queda retenido hasta que lo revisen."),
        Words(
            "The money of this one order, until a person decides or the deadline gives it back.",
            "El dinero de este único pedido, hasta que decida una persona o el plazo lo devuelva.",
        ),
        Words(
            "Automatic checks of the payment weighed {score} of the {threshold} points that hold an order.",
            "Los controles automáticos del pago sumaron {score} puntos; con {threshold} se retiene un pedido.",
        ),
        "payment.risk",
        "review",
        ("house",),
    ),
    Kind(
        "hold.cleared",
        Words("The hold on the order is lifted.", "Se levanta la retención del pedido."),
        _ORDER_MONEY,
        Words("A person looked at what the checks found.", "Una persona revisó lo que hallaron los controles."),
        "payment.risk",
        "dispute",
        ("moderator",),
    ),
    Kind(
        "hold.refused",
        Words(
            "The order is refused and the buyer gets everything back.",
            "Se rechaza el pedido y el comprador recupera todo su dinero.",
        ),
        _FOR_GOOD,
        Words("A person looked at what the checks found.", "Una persona revisó lo que hallaron los controles."),
        "payment.risk",
        "complaint",
        ("moderator",),
    ),
    Kind(
        "dispute.decided",
        Words(
            "The dispute is decided; the amounts say who gets what.",
            "La disputa está resuelta; los importes dicen qué recibe cada parte.",
        ),
        _FOR_GOOD,
        _SHOWN,
        "dispute.evidence",
        "dispute_appeal",
        ("moderator",),
    ),
    Kind(
        "dispute.lapsed",
        Words(
            "The dispute ended by its deadline; the amounts say who gets what.",
            "La disputa terminó por su plazo; los importes dicen qué recibe cada parte.",
        ),
        _FOR_GOOD,
        Words(
            "Nobody decided before the deadline that both sides were shown.",
            "Nadie decidió antes del plazo que se mostró a ambas partes.",
        ),
        "process.silence",
        "complaint",
        ("clock",),
    ),
    Kind(
        "appeal.decided",
        Words(
            "The appeal is decided; the amounts say who gets what.",
            "La reclamación está resuelta; los importes dicen qué recibe cada parte.",
        ),
        _FOR_GOOD,
        Words(
            "What both sides showed before, and what the appeal added.",
            "Lo que ambas partes mostraron antes y lo que añadió la reclamación.",
        ),
        "dispute.appeal",
        "none_left",
        ("moderator",),
    ),
    Kind(
        "appeal.lapsed",
        Words(
            "The appeal was not decided in time; the first decision stands.",
            "La reclamación no se resolvió a tiempo; la primera resolución se mantiene.",
        ),
        _FOR_GOOD,
        Words("Nobody decided the appeal before its deadline.", "Nadie resolvió la reclamación antes de su plazo."),
        "process.silence",
        "none_left",
        ("clock",),
    ),
    Kind(
        "return.decided",
        Words(
            "The return or claim is decided; the amounts say what comes back to the buyer and what the seller keeps.",
            "La devolución o reclamación está resuelta; los importes dicen qué vuelve al comprador y qué conserva el "
            "vendedor.",
        ),
        Words(
            "What this return or claim is about, and no more of the order.",
            "Aquello de lo que trata esta devolución o reclamación, y nada más del pedido.",
        ),
        _SHOWN,
        "dispute.evidence",
        "complaint",
        ("moderator",),
    ),
    *RETURNS,
    Kind(
        "order.lapsed",
        Words(
            "A wait ended by its deadline and the buyer gets everything back.",
            "Una espera terminó por su plazo y el comprador recupera todo su dinero.",
        ),
        _FOR_GOOD,
        Words(
            "Nobody acted before the deadline that both sides were shown.",
            "Nadie actuó antes del plazo que se mostró a ambas partes.",
        ),
        "process.silence",
        "complaint",
        ("clock",),
    ),
    Kind(
        "account.suspended",
        Words("The account is suspended.", "La cuenta queda suspendida."),
        Words(
            "The whole account, until it is lifted; running orders go on.",
            "Toda la cuenta, hasta que se levante; los pedidos en curso siguen.",
        ),
        _CONDUCT,
        "account.conduct",
        "standing_appeal",
        ("admin",),
    ),
    Kind(
        "selling.suspended",
        Words("Selling is suspended.", "La venta queda suspendida."),
        Words(
            "Selling and payouts, until it is lifted; running orders go on.",
            "La venta y los cobros, hasta que se levante; los pedidos en curso siguen.",
        ),
        _CONDUCT,
        "account.conduct",
        "standing_appeal",
        ("admin",),
    ),
    Kind(
        "account.reinstated",
        Words("The suspension is lifted.", "Se levanta la suspensión."),
        Words("The whole account, from now on.", "Toda la cuenta, desde ahora."),
        Words("Staff looked at the suspension again.", "El equipo revisó de nuevo la suspensión."),
        "account.conduct",
        "complaint",
        ("admin",),
    ),
    Kind(
        "suspension.upheld",
        Words("The suspension stands after the appeal.", "La suspensión se mantiene tras la reclamación."),
        Words("What was suspended, until it is lifted.", "Lo suspendido, hasta que se levante."),
        Words("The suspension, and what the appeal said.", "La suspensión y lo que dijo la reclamación."),
        "account.conduct",
        "none_left",
        ("admin",),
    ),
    Kind(
        "payout.held",
        Words("Payouts are held.", "Los cobros quedan retenidos."),
        _PAYOUTS,
        Words("What staff found, as the reasons say.", "Lo que halló el equipo, según los motivos."),
        "payout.safety",
        "complaint",
        ("finance",),
    ),
    Kind(
        "payout.withheld",
        Words(
            "A part of the balance waits while a bank looks at a chargeback.",
            "Una parte del saldo espera mientras un banco examina un contracargo.",
        ),
        Words(
            "The amount of that order, until the bank decides.", "El importe de ese pedido, hasta que decida el banco."
        ),
        Words(
            "A bank took back the payment of an order that was already paid to the seller.",
            "Un banco retiró el pago de un pedido que ya se había abonado al vendedor.",
        ),
        "payout.safety",
        "complaint",
        ("house",),
    ),
    Kind(
        "payout.released",
        Words("A hold on payouts is lifted.", "Se levanta una retención de los cobros."),
        _PAYOUTS,
        Words("Two people looked at the hold.", "Dos personas revisaron la retención."),
        "payout.safety",
        "complaint",
        ("finance",),
    ),
    Kind(
        "payments.stopped",
        Words("Payments to the seller are stopped.", "Se detienen los pagos al vendedor."),
        Words(
            "Payments to this seller, until two people resume them; buyers are refunded meanwhile.",
            "Los pagos a este vendedor, hasta que dos personas los reanuden; los reembolsos siguen.",
        ),
        Words("What was found ({cause}), as the reasons say.", "Lo hallado ({cause}), según los motivos."),
        "payout.safety",
        "complaint",
        ("finance", "house"),
    ),
    Kind(
        "payments.resumed",
        Words("Payments to the seller go on.", "Se reanudan los pagos al vendedor."),
        Words("Payments to this seller, from now on.", "Los pagos a este vendedor, desde ahora."),
        Words("Two people looked at the stop.", "Dos personas revisaron la detención."),
        "payout.safety",
        "complaint",
        ("finance",),
    ),
    Kind(
        "refund.closed",
        Words(
            "A payment that the bank does not take is closed and kept apart.",
            "Un pago que el banco no acepta se cierra y se guarda aparte.",
        ),
        Words("That one payment, until it is paid another way.", "Ese único pago, hasta que se pague de otra forma."),
        Words(
            "The payment was tried and looked up, and two people agreed.",
            "El pago se intentó y se comprobó, y dos personas estuvieron de acuerdo.",
        ),
        "refund.impossible",
        "complaint",
        ("finance",),
    ),
    *UNCLAIMED,
    Kind(
        "claims.warned",
        Words("A notice: you claim far more often than others.", "Un aviso: reclamas mucho más que los demás."),
        Words("Nothing is taken away.", "No se quita nada."),
        Words("{claims} claims in {orders} orders.", "{claims} reclamaciones en {orders} pedidos."),
        "claims.fairness",
        "claims_appeal",
        ("house", "moderator"),
    ),
    Kind(
        "claims.limited",
        Words("New claims are limited.", "Las nuevas reclamaciones quedan limitadas."),
        Words("Claims beyond what the law gives.", "Las reclamaciones más allá de lo que da la ley."),
        Words("{claims} claims in {orders} orders.", "{claims} reclamaciones en {orders} pedidos."),
        "claims.fairness",
        "claims_appeal",
        ("house", "moderator"),
    ),
    Kind(
        "claims.restored",
        Words("The limit on claims is lifted.", "Se levanta el límite de reclamaciones."),
        Words("All claims, from now on.", "Todas las reclamaciones, desde ahora."),
        Words("A person looked at the appeal.", "Una persona revisó la reclamación."),
        "claims.fairness",
        "complaint",
        ("moderator", "house"),
    ),
    Kind(
        "claims.upheld",
        Words("The limit on claims stands after the appeal.", "El límite de reclamaciones se mantiene."),
        Words("Claims beyond what the law gives.", "Las reclamaciones más allá de lo que da la ley."),
        Words("A person looked at the appeal.", "Una persona revisó la reclamación."),
        "claims.fairness",
        "none_left",
        ("moderator",),
    ),
)

KINDS: Mapping[str, Kind] = {each.name: each for each in _ALL}
