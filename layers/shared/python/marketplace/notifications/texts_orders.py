"""What buyer and seller are told while an order runs: what happened, what comes next and by when, what to do."""

from marketplace.notifications.model import BUYER, SELLER
from marketplace.notifications.wording import BOTH, ONLY_INBOX, Template, Wording
from marketplace.withdrawals.texts import MODEL_FORM, RIGHT

RUNNING = (
    Template(
        "order.awaiting_payment",
        BUYER,
        ONLY_INBOX,
        Wording(
            "Your order {order} is waiting for payment",
            "We have set the goods aside for you. Pay for them {deadline}; after that the order is cancelled and the "
            "goods go back on sale. Nothing has been charged.",
        ),
        Wording(
            "Tu pedido {order} está pendiente de pago",
            "Hemos reservado los artículos para ti. Págalos {deadline}; después el pedido se cancela y los artículos "
            "vuelven a la venta. Todavía no se ha cobrado nada.",
        ),
    ),
    Template(
        "order.paid",
        BUYER,
        BOTH,
        Wording(
            "Payment received for order {order}",
            "We received {total} and keep it as a protected payment: the seller is paid only after the goods arrive. "
            "The seller must ship {deadline}; otherwise you get everything back without asking. You can cancel "
            "until it ships. Your receipt is ready in the order.\n\nOrder number for everything you write about it: "
            "{reference}\n\n" + RIGHT[0] + "\n\n" + MODEL_FORM[0],
        ),
        Wording(
            "Hemos recibido el pago del pedido {order}",
            "Hemos recibido {total} y lo guardamos como pago protegido: el vendedor cobra solo cuando los artículos "
            "llegan. Debe enviarlos {deadline}; si no, recuperas todo tu dinero sin tener que pedirlo. Puedes "
            "cancelar hasta que se envíe. Tu recibo está listo en el pedido.\n\nNúmero de pedido para lo que escribas "
            "sobre él: {reference}\n\n" + RIGHT[1] + "\n\n" + MODEL_FORM[1],
        ),
    ),
    Template(
        "order.paid",
        SELLER,
        BOTH,
        Wording(
            "You sold something: ship order {order}",
            "The buyer paid {total}, and we keep it as a protected payment until the goods arrive. Ship {deadline} "
            "and enter carrier and tracking number in the order; otherwise the order is cancelled and the buyer is "
            "refunded in full. If you cannot ship it, cancel now.",
        ),
        Wording(
            "Has vendido: envía el pedido {order}",
            "El comprador ha pagado {total} y lo guardamos como pago protegido hasta que los artículos lleguen. "
            "Envíalos {deadline} e indica en el pedido el transportista y el número de seguimiento; si no, el pedido "
            "se cancela y el comprador recupera todo su dinero. Si no puedes enviarlo, cancélalo ahora.",
        ),
    ),
    Template(
        "order.shipped",
        BUYER,
        BOTH,
        Wording(
            "Order {order} is on its way",
            "The seller shipped your order; carrier and tracking number are in the order. When it arrives and all is "
            "well, confirm it. If something is wrong, open a dispute: your protected payment stays with us meanwhile. "
            "If delivery is not proven {deadline}, a person looks into it and nothing is paid out.",
        ),
        Wording(
            "El pedido {order} está en camino",
            "El vendedor ha enviado tu pedido; el transportista y el número de seguimiento están en el pedido. Cuando "
            "llegue y todo esté bien, confírmalo. Si algo va mal, abre una disputa: tu pago protegido sigue con "
            "nosotros mientras tanto. Si la entrega no se demuestra {deadline}, una persona lo revisa y no se paga "
            "nada.",
        ),
    ),
    Template(
        "order.shipped",
        SELLER,
        ONLY_INBOX,
        Wording(
            "You shipped order {order}",
            "The buyer knows it is on its way. Keep the proof of posting. If delivery is not proven {deadline}, a "
            "person looks into it before any money moves.",
        ),
        Wording(
            "Has enviado el pedido {order}",
            "El comprador sabe que está en camino. Guarda el resguardo del envío. Si la entrega no se demuestra "
            "{deadline}, una persona lo revisa antes de mover el dinero.",
        ),
    ),
    Template(
        "order.delivered",
        BUYER,
        BOTH,
        Wording(
            "Order {order} was delivered: is everything all right?",
            "Check the goods now. If all is well, confirm it, and the payment goes to the seller. If not, open a "
            "dispute {deadline} and your protected payment stays with us until it is settled. If you do nothing by "
            "then, the seller is paid.",
        ),
        Wording(
            "El pedido {order} se ha entregado: ¿está todo bien?",
            "Revisa ahora los artículos. Si todo está bien, confírmalo y el pago va al vendedor. Si no, abre una "
            "disputa {deadline} y tu pago protegido sigue con nosotros hasta resolverla. Si no haces nada antes, se "
            "paga al vendedor.",
        ),
    ),
    Template(
        "order.delivered",
        SELLER,
        ONLY_INBOX,
        Wording(
            "Order {order} was delivered",
            "The buyer may now check the goods. Unless the buyer opens a dispute {deadline}, the payment is released "
            "to you; you need not do anything.",
        ),
        Wording(
            "El pedido {order} se ha entregado",
            "El comprador puede revisar ahora los artículos. Salvo que abra una disputa {deadline}, recibirás el "
            "pago; no tienes que hacer nada.",
        ),
    ),
    Template(
        "order.delivery_unproven",
        BUYER,
        BOTH,
        Wording(
            "Did order {order} arrive?",
            "Nothing shows yet that your order arrived, so nothing is paid out and a person is looking into it. If "
            "you have it, confirm it in the order; if something is wrong with it, open a dispute. If delivery is not "
            "proven {deadline}, you get {total} back.",
        ),
        Wording(
            "¿Ha llegado el pedido {order}?",
            "Todavía nada demuestra que tu pedido llegó, así que no se paga nada y una persona lo está revisando. Si "
            "lo tienes, confírmalo en el pedido; si tiene algún problema, abre una disputa. Si la entrega no se "
            "demuestra {deadline}, recuperas {total}.",
        ),
    ),
    Template(
        "order.delivery_unproven",
        SELLER,
        BOTH,
        Wording(
            "We need proof that order {order} arrived",
            "Nothing shows yet that the order arrived, so the payment waits and a person is looking into it. Have "
            "your proof of posting and of delivery ready, and ask the buyer to confirm. If delivery is not proven "
            "{deadline}, the buyer gets {total} back.",
        ),
        Wording(
            "Necesitamos una prueba de entrega del pedido {order}",
            "Todavía nada demuestra que el pedido llegó, así que el pago espera y una persona lo está revisando. Ten "
            "a mano el resguardo del envío y de la entrega, y pide al comprador que confirme. Si la entrega no se "
            "demuestra {deadline}, el comprador recupera {total}.",
        ),
    ),
    Template(
        "order.held",
        BUYER,
        ONLY_INBOX,
        Wording(
            "The payment of order {order} waits for a person",
            "The order is complete, but an earlier check asked for a person to look at it before money moves. Your "
            "protected payment stays with us. If nobody approves it {deadline}, you get {total} back. The reasons are "
            "in the order's decisions.",
        ),
        Wording(
            "El pago del pedido {order} espera a una persona",
            "El pedido está completo, pero una comprobación anterior pidió que una persona lo revise antes de mover "
            "el dinero. Tu pago protegido sigue con nosotros. Si nadie lo aprueba {deadline}, recuperas {total}. Los "
            "motivos están en las decisiones del pedido.",
        ),
    ),
    Template(
        "order.held",
        SELLER,
        ONLY_INBOX,
        Wording(
            "The payment of order {order} waits for a person",
            "The order is complete, but an earlier check asked for a person to look at it before you are paid. You "
            "need not do anything. If nobody approves it {deadline}, the buyer is refunded. The reasons are in the "
            "order's decisions.",
        ),
        Wording(
            "El pago del pedido {order} espera a una persona",
            "El pedido está completo, pero una comprobación anterior pidió que una persona lo revise antes de "
            "pagarte. No tienes que hacer nada. Si nadie lo aprueba {deadline}, se reembolsa al comprador. Los "
            "motivos están en las decisiones del pedido.",
        ),
    ),
    Template(
        "order.disputed",
        BUYER,
        ONLY_INBOX,
        Wording(
            "The payment of order {order} is frozen",
            "Your dispute is open and nothing is paid out while it runs. The seller may answer {deadline}; then a "
            "person decides with what both of you showed. You can still add evidence.",
        ),
        Wording(
            "El pago del pedido {order} está congelado",
            "Tu disputa está abierta y no se paga nada mientras dure. El vendedor puede responder {deadline}; después "
            "una persona decide con lo que ambos hayáis mostrado. Todavía puedes añadir pruebas.",
        ),
    ),
    Template(
        "order.disputed",
        SELLER,
        ONLY_INBOX,
        Wording(
            "The payment of order {order} is frozen",
            "The buyer opened a dispute, and nothing is paid out while it runs. Answer and add your evidence "
            "{deadline}; without an answer a person decides with what the buyer showed.",
        ),
        Wording(
            "El pago del pedido {order} está congelado",
            "El comprador ha abierto una disputa y no se paga nada mientras dure. Responde y añade tus pruebas "
            "{deadline}; sin respuesta, una persona decide con lo que mostró el comprador.",
        ),
    ),
    Template(
        "order.dispute_review",
        BUYER,
        ONLY_INBOX,
        Wording(
            "A person is deciding about order {order}",
            "A person now reads what both sides showed. If there is no decision {deadline}, you get {total} back. You "
            "need not do anything.",
        ),
        Wording(
            "Una persona está decidiendo sobre el pedido {order}",
            "Una persona lee ahora lo que mostraron ambas partes. Si no hay decisión {deadline}, recuperas {total}. "
            "No tienes que hacer nada.",
        ),
    ),
    Template(
        "order.dispute_review",
        SELLER,
        ONLY_INBOX,
        Wording(
            "A person is deciding about order {order}",
            "A person now reads what both sides showed. If there is no decision {deadline}, the buyer is refunded. "
            "You need not do anything.",
        ),
        Wording(
            "Una persona está decidiendo sobre el pedido {order}",
            "Una persona lee ahora lo que mostraron ambas partes. Si no hay decisión {deadline}, se reembolsa al "
            "comprador. No tienes que hacer nada.",
        ),
    ),
)
