"""What buyer and seller are told when an order ends, or is about to."""

from collections.abc import Mapping

from marketplace.notifications.model import BUYER, SELLER
from marketplace.notifications.wording import BOTH, ONLY_INBOX, Template, Wording

# Why the money moves, by the transition that settled the order: (English, Spanish).
WHY: Mapping[str, tuple[str, str]] = {
    "cancel": ("The order was cancelled before it shipped.", "El pedido se canceló antes de enviarse."),
    "ship_overdue": ("The order was not shipped in time.", "El pedido no se envió a tiempo."),
    "proof_overdue": ("Delivery was never proven.", "La entrega nunca se demostró."),
    "confirm": ("The buyer confirmed that all is well.", "El comprador confirmó que todo está bien."),
    "inspection_over": (
        "The goods were delivered, and no problem was reported in time.",
        "Los artículos se entregaron y no se comunicó ningún problema a tiempo.",
    ),
    "clear": ("A person reviewed the order and cleared it.", "Una persona revisó el pedido y lo aprobó."),
    "refuse": ("A person reviewed the order and refused it.", "Una persona revisó el pedido y lo rechazó."),
    "hold_overdue": (
        "The order was held for review, and nobody cleared it in time.",
        "El pedido estaba retenido para revisión y nadie lo aprobó a tiempo.",
    ),
    "decide": ("The dispute was decided.", "La disputa se ha resuelto."),
    "refund": ("Everything that was left was given back.", "Se devolvió todo lo que quedaba."),
    "returns_done": ("The return is over.", "La devolución ha terminado."),
    "agree": ("Buyer and seller came to an agreement.", "Comprador y vendedor llegaron a un acuerdo."),
    "accept_decision": ("The decision was accepted.", "La resolución fue aceptada."),
    "decision_stands": ("Nobody appealed the decision in time.", "Nadie recurrió la resolución a tiempo."),
    "decide_appeal": ("The appeal was decided.", "El recurso se ha resuelto."),
    "appeal_overdue": (
        "The appeal was not decided in time, so the first decision stands.",
        "El recurso no se resolvió a tiempo y se mantiene la primera resolución.",
    ),
    "decision_overdue": ("The dispute was not decided in time.", "La disputa no se resolvió a tiempo."),
}

ENDING = (
    Template(
        "order.settling",
        BUYER,
        ONLY_INBOX,
        Wording(
            "We are settling order {order}",
            "{why} The money is on its way to whom it belongs; we tell you as soon as it is done. You need not do "
            "anything.",
        ),
        Wording(
            "Estamos liquidando el pedido {order}",
            "{why} El dinero va camino de quien le corresponde; te avisaremos en cuanto termine. No tienes que hacer "
            "nada.",
        ),
    ),
    Template(
        "order.settling",
        SELLER,
        ONLY_INBOX,
        Wording(
            "We are settling order {order}",
            "{why} The money is on its way to whom it belongs; we tell you as soon as it is done. You need not do "
            "anything.",
        ),
        Wording(
            "Estamos liquidando el pedido {order}",
            "{why} El dinero va camino de quien le corresponde; te avisaremos en cuanto termine. No tienes que hacer "
            "nada.",
        ),
    ),
    Template(
        "order.released",
        BUYER,
        ONLY_INBOX,
        Wording(
            "Order {order} is complete",
            "The seller has been paid and the order is closed. You can now review the seller; nobody sees either "
            "review until both are written or the time for writing them ends.",
        ),
        Wording(
            "El pedido {order} está completo",
            "Se ha pagado al vendedor y el pedido está cerrado. Ya puedes valorar al vendedor; nadie ve ninguna "
            "valoración hasta que ambas estén escritas o termine el plazo para escribirlas.",
        ),
    ),
    Template(
        "order.released",
        SELLER,
        BOTH,
        Wording(
            "You have been paid for order {order}",
            "We transferred the payment of {total}, less the commission shown in the order, to your Stripe account. "
            "From there it reaches your bank on your payout schedule. You can now review the buyer.",
        ),
        Wording(
            "Has cobrado el pedido {order}",
            "Hemos transferido a tu cuenta de Stripe el pago de {total}, menos la comisión que indica el pedido. De "
            "ahí llega a tu banco según tu calendario de pagos. Ya puedes valorar al comprador.",
        ),
    ),
    Template(
        "order.refunded",
        BUYER,
        BOTH,
        Wording(
            "Your money is on its way back: order {order}",
            "We refunded {total} to the card or account you paid with. Banks usually show it within 5 to 10 business "
            "days. You need not do anything.",
        ),
        Wording(
            "Tu dinero está en camino: pedido {order}",
            "Hemos reembolsado {total} a la tarjeta o cuenta con la que pagaste. Los bancos suelen mostrarlo en 5 a "
            "10 días hábiles. No tienes que hacer nada.",
        ),
    ),
    Template(
        "order.refunded",
        SELLER,
        BOTH,
        Wording(
            "Order {order} was refunded to the buyer",
            "The buyer got {total} back and the order is closed. You owe no commission on it. The order's timeline "
            "says why.",
        ),
        Wording(
            "El pedido {order} se ha reembolsado al comprador",
            "El comprador ha recuperado {total} y el pedido está cerrado. No debes comisión por él. El historial del "
            "pedido dice por qué.",
        ),
    ),
    Template(
        "order.split",
        BUYER,
        BOTH,
        Wording(
            "Order {order} is settled: part of your money is on its way back",
            "As decided, part of what you paid ({total}) was refunded to the card or account you paid with, and the "
            "rest went to the seller. The exact amounts are in the order. Banks usually show a refund within 5 to 10 "
            "business days.",
        ),
        Wording(
            "El pedido {order} está liquidado: parte de tu dinero está en camino",
            "Según lo decidido, parte de lo que pagaste ({total}) se ha reembolsado a la tarjeta o cuenta que usaste "
            "y el resto se ha pagado al vendedor. Los importes exactos están en el pedido. Los bancos suelen "
            "mostrar un reembolso en 5 a 10 días hábiles.",
        ),
    ),
    Template(
        "order.split",
        SELLER,
        BOTH,
        Wording(
            "Order {order} is settled: you have been paid your part",
            "As decided, part of the payment ({total}) went back to the buyer and the rest, less commission, to your "
            "Stripe account. The exact amounts are in the order.",
        ),
        Wording(
            "El pedido {order} está liquidado: has cobrado tu parte",
            "Según lo decidido, parte del pago ({total}) ha vuelto al comprador y el resto, menos la comisión, a tu "
            "cuenta de Stripe. Los importes exactos están en el pedido.",
        ),
    ),
    Template(
        "order.charged_back",
        BUYER,
        ONLY_INBOX,
        Wording(
            "Your bank is looking into order {order}",
            "Your bank opened a chargeback and has taken {total} back while it looks into it. The order is frozen "
            "until the bank decides. If this was a mistake, tell your bank.",
        ),
        Wording(
            "Tu banco está revisando el pedido {order}",
            "Tu banco ha abierto un contracargo y ha retirado {total} mientras lo estudia. El pedido queda congelado "
            "hasta que el banco decida. Si fue un error, díselo a tu banco.",
        ),
    ),
    Template(
        "order.charged_back",
        SELLER,
        BOTH,
        Wording(
            "The buyer's bank contests order {order}",
            "The buyer's bank opened a chargeback and took {total} back while it looks into it. The order is frozen. "
            "Keep every proof of posting and delivery at hand. If the bank gives no answer {deadline}, the chargeback "
            "counts as lost.",
        ),
        Wording(
            "El banco del comprador cuestiona el pedido {order}",
            "El banco del comprador ha abierto un contracargo y ha retirado {total} mientras lo estudia. El pedido "
            "queda congelado. Ten a mano todas las pruebas de envío y de entrega. Si el banco no responde {deadline}, "
            "el contracargo se da por perdido.",
        ),
    ),
    Template(
        "order.lost_to_chargeback",
        BUYER,
        ONLY_INBOX,
        Wording(
            "Order {order} ended with a chargeback",
            "The chargeback ended in your favour: the money ({total}) stays with you, and the order is closed. You "
            "need not do anything.",
        ),
        Wording(
            "El pedido {order} terminó con un contracargo",
            "El contracargo terminó a tu favor: el dinero ({total}) se queda contigo y el pedido está cerrado. No "
            "tienes que hacer nada.",
        ),
    ),
    Template(
        "order.lost_to_chargeback",
        SELLER,
        BOTH,
        Wording(
            "Order {order} was lost to a chargeback",
            "The bank decided for the buyer, or gave no answer in time, so the payment ({total}) does not reach you. "
            "The order is closed; its timeline shows every step.",
        ),
        Wording(
            "El pedido {order} se perdió por un contracargo",
            "El banco ha decidido a favor del comprador, o no respondió a tiempo, así que no recibirás el pago "
            "({total}). El pedido está cerrado; su historial muestra cada paso.",
        ),
    ),
    Template(
        "order.cancelled",
        BUYER,
        ONLY_INBOX,
        Wording(
            "Order {order} was cancelled",
            "It was not paid in time, so the goods are back on sale. Nothing was charged; if a payment still comes, "
            "all of it goes back to you, and we tell you. If you still want the goods, order again.",
        ),
        Wording(
            "El pedido {order} se ha cancelado",
            "No se pagó a tiempo, así que los artículos vuelven a estar a la venta. No se ha cobrado nada; si aun así "
            "llega un pago, te lo devolvemos entero y te avisamos. Si todavía los quieres, haz un pedido nuevo.",
        ),
    ),
)
