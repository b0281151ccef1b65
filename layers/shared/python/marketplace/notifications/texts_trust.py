"""What people are told about disputes, reviews, and orders that a check held."""

from marketplace.notifications.model import BUYER, REVIEWED, SELLER
from marketplace.notifications.wording import BOTH, DISPUTE_PATH, ONLY_MAIL, Template, Wording

_DECISIONS = "/orders/{order}/receipts"

DISPUTES = (
    Template(
        "dispute.opened",
        BUYER,
        ONLY_MAIL,  # the inbox has order.disputed
        Wording(
            "Your dispute about order {order} is open",
            "We received your dispute and froze the payment of the order: nothing is paid out while it runs. The "
            "seller is asked to answer {deadline}; then a person decides with what both of you showed. Add any "
            "photos or documents you have.",
        ),
        Wording(
            "Tu disputa sobre el pedido {order} está abierta",
            "Hemos recibido tu disputa y congelado el pago del pedido: no se paga nada mientras dure. Pedimos al "
            "vendedor que responda {deadline}; después una persona decide con lo que ambos hayáis mostrado. Añade las "
            "fotos o documentos que tengas.",
        ),
        DISPUTE_PATH,
    ),
    Template(
        "dispute.opened",
        SELLER,
        ONLY_MAIL,
        Wording(
            "The buyer opened a dispute about order {order}: please answer",
            "The buyer says something is wrong with the order, and its payment is frozen until this is settled. Read "
            "what the buyer wrote, answer and add your evidence {deadline}. Without an answer a person decides with "
            "what the buyer showed.",
        ),
        Wording(
            "El comprador ha abierto una disputa sobre el pedido {order}: responde, por favor",
            "El comprador dice que algo va mal con el pedido y su pago queda congelado hasta resolverlo. Lee lo que "
            "escribió, responde y añade tus pruebas {deadline}. Sin respuesta, una persona decide con lo que mostró el "
            "comprador.",
        ),
        DISPUTE_PATH,
    ),
    Template(
        "dispute.answered",
        BUYER,
        BOTH,
        Wording(
            "The seller answered your dispute about order {order}",
            "Read the answer in the dispute, and add evidence if you have more. A person now decides; the payment "
            "stays frozen until then.",
        ),
        Wording(
            "El vendedor ha respondido a tu disputa sobre el pedido {order}",
            "Lee la respuesta en la disputa y añade pruebas si tienes más. Ahora decide una persona; el pago sigue "
            "congelado hasta entonces.",
        ),
        DISPUTE_PATH,
    ),
    Template(
        "dispute.decided",
        BUYER,
        BOTH,
        Wording(
            "The dispute about order {order} is decided",
            "The decision: {refund} goes back to you, the rest to the seller. The reasons and the rule they rest "
            "on are in the dispute. The money moves now; we tell you when it is done.",
        ),
        Wording(
            "La disputa sobre el pedido {order} está resuelta",
            "La resolución: {refund} vuelve a ti y el resto es para el vendedor. Los motivos y la norma en "
            "que se basan están en la disputa. El dinero se mueve ahora; te avisaremos cuando termine.",
        ),
        DISPUTE_PATH,
    ),
    Template(
        "dispute.decided",
        SELLER,
        BOTH,
        Wording(
            "The dispute about order {order} is decided",
            "The decision: {refund} goes back to the buyer, the rest to you, less commission. The reasons and the "
            "rule they rest on are in the dispute. The money moves now; we tell you when it is done.",
        ),
        Wording(
            "La disputa sobre el pedido {order} está resuelta",
            "La resolución: {refund} vuelve al comprador y el resto es para ti, menos la comisión. Los "
            "motivos y la norma en que se basan están en la disputa. El dinero se mueve ahora; te avisaremos cuando "
            "termine.",
        ),
        DISPUTE_PATH,
    ),
)

REVIEWS = (
    Template(
        "review.published",
        REVIEWED,
        BOTH,
        Wording(
            "You have a new review for order {order}",
            "The other party's review of order {order} is now public and counts in your rating. You can read it with "
            "the order.",
        ),
        Wording(
            "Tienes una nueva valoración por el pedido {order}",
            "La valoración de la otra parte sobre el pedido {order} ya es pública y cuenta en tu puntuación. Puedes "
            "leerla junto al pedido.",
        ),
        "/orders/{order}/reviews",
    ),
)

HOLDS = (
    Template(
        "hold.placed",
        BUYER,
        BOTH,
        Wording(
            "A person will review order {order} before money moves",
            "An automatic check asked for a person to look at this order. It goes on as usual (the seller may ship "
            "it), your protected payment stays with us, and you need not do anything. The reasons are in the order's "
            "decisions; to tell the reviewer something, quote {receipt}.",
        ),
        Wording(
            "Una persona revisará el pedido {order} antes de mover el dinero",
            "Una comprobación automática pidió que una persona mire este pedido. El pedido sigue con normalidad (el "
            "vendedor puede enviarlo), tu pago protegido sigue con nosotros y no tienes que hacer nada. Los motivos "
            "están en las decisiones del pedido; para decir algo a quien lo revisa, cita {receipt}.",
        ),
        _DECISIONS,
    ),
    Template(
        "hold.placed",
        SELLER,
        BOTH,
        Wording(
            "A person will review order {order} before you are paid",
            "An automatic check asked for a person to look at this order before its payment is released to you. You "
            "decide whether to ship before that review or to cancel. The reasons are in the order's decisions; to "
            "tell the reviewer something, quote {receipt}.",
        ),
        Wording(
            "Una persona revisará el pedido {order} antes de pagarte",
            "Una comprobación automática pidió que una persona mire este pedido antes de pagarte. Tú decides si lo "
            "envías antes de esa revisión o lo cancelas. Los motivos están en las decisiones del pedido; para decir "
            "algo a quien lo revisa, cita {receipt}.",
        ),
        _DECISIONS,
    ),
    Template(
        "hold.cleared",
        BUYER,
        BOTH,
        Wording(
            "Order {order} was reviewed: all is well",
            "A person looked at the order and lifted the hold. It goes on as usual; nothing about your rights has "
            "changed. The reasons are in the order's decisions.",
        ),
        Wording(
            "El pedido {order} se ha revisado: todo está bien",
            "Una persona miró el pedido y levantó la retención. Sigue con normalidad; nada ha cambiado en tus "
            "derechos. Los motivos están en las decisiones del pedido.",
        ),
        _DECISIONS,
    ),
    Template(
        "hold.cleared",
        SELLER,
        BOTH,
        Wording(
            "Order {order} was reviewed: all is well",
            "A person looked at the order and lifted the hold. You are paid as for any other order: when it has "
            "arrived and no dispute is open. The reasons are in the order's decisions.",
        ),
        Wording(
            "El pedido {order} se ha revisado: todo está bien",
            "Una persona miró el pedido y levantó la retención. Cobras como en cualquier otro pedido: cuando haya "
            "llegado y no haya ninguna disputa abierta. Los motivos están en las decisiones del pedido.",
        ),
        _DECISIONS,
    ),
    Template(
        "hold.refused",
        BUYER,
        BOTH,
        Wording(
            "Order {order} was reviewed and refused",
            "A person looked at the order and decided that it must not be paid out. Your money comes back to you; we "
            "tell you when it is on its way. The reasons are in the order's decisions; to contest them, quote "
            "{receipt}.",
        ),
        Wording(
            "El pedido {order} se ha revisado y rechazado",
            "Una persona miró el pedido y decidió que no debe pagarse. Tu dinero vuelve a ti; te avisaremos cuando "
            "esté en camino. Los motivos están en las decisiones del pedido; para impugnarlos, cita {receipt}.",
        ),
        _DECISIONS,
    ),
    Template(
        "hold.refused",
        SELLER,
        BOTH,
        Wording(
            "Order {order} was reviewed and refused",
            "A person looked at the order and decided that it must not be paid out, so the buyer is refunded. If you "
            "have not shipped it, do not. The reasons are in the order's decisions; to contest them, quote {receipt}.",
        ),
        Wording(
            "El pedido {order} se ha revisado y rechazado",
            "Una persona miró el pedido y decidió que no debe pagarse, así que se reembolsa al comprador. Si aún no lo "
            "has enviado, no lo hagas. Los motivos están en las decisiones del pedido; para impugnarlos, cita "
            "{receipt}.",
        ),
        _DECISIONS,
    ),
)
