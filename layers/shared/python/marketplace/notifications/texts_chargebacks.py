"""What parties are told when a bank asks about a payment, takes it back, or decides."""

from marketplace.notifications.model import BUYER, SELLER
from marketplace.notifications.wording import BOTH, ONLY_INBOX, Template, Wording

PATH = "/orders/{order}"

CHARGEBACKS = (
    Template(
        "chargeback.inquiry_opened",
        SELLER,
        BOTH,
        Wording(
            "The buyer's bank asks about order {order}",
            "No money has moved. We answer the bank from the order's own record {deadline}: what was sold, how it was "
            "sent, and when it arrived. Where it shows that nothing was sent, or that all of it is owed to the buyer, "
            "we do not. Whatever is missing there, a delivery confirmation for example, helps if it is added before.",
        ),
        Wording(
            "El banco del comprador pregunta por el pedido {order}",
            "No se ha movido dinero. Responderemos al banco con los datos del propio pedido {deadline}: qué se vendió, "
            "cómo se envió y cuándo llegó. Si consta que no se envió nada o que se le debe todo al comprador, no "
            "respondemos. Lo que falte, por ejemplo una confirmación de entrega, ayuda si se añade antes.",
        ),
        PATH,
    ),
    Template(
        "chargeback.inquiry_opened",
        BUYER,
        ONLY_INBOX,
        Wording(
            "Your bank asks us about order {order}",
            "No money has moved. If something is wrong with the order, tell us there: it is faster than a case at "
            "the bank. If the payment is yours and all is well, tell your bank so.",
        ),
        Wording(
            "Tu banco nos pregunta por el pedido {order}",
            "No se ha movido dinero. Si algo va mal con el pedido, dínoslo allí: es más rápido que un caso en el "
            "banco. Si el pago es tuyo y todo está bien, díselo a tu banco.",
        ),
        PATH,
    ),
    Template(
        "chargeback.release_waits",
        SELLER,
        ONLY_INBOX,
        Wording(
            "The money of order {order} waits for the buyer's bank",
            "While the bank asks, the money is not released by silence or by the buyer's confirmation. It goes on when "
            "the bank is done, or by itself {deadline}.",
        ),
        Wording(
            "El dinero del pedido {order} espera al banco del comprador",
            "Mientras el banco pregunta, el dinero no se libera por silencio ni por la confirmación del comprador. "
            "Continúa cuando el banco termine, o solo {deadline}.",
        ),
        PATH,
    ),
    Template(
        "chargeback.release_waits",
        BUYER,
        ONLY_INBOX,
        Wording(
            "The money of order {order} waits for your bank",
            "While your bank asks, nothing is released to the seller by silence or by your confirmation. It goes on "
            "when the bank is done, or by itself {deadline}.",
        ),
        Wording(
            "El dinero del pedido {order} espera a tu banco",
            "Mientras tu banco pregunta, no se libera nada al vendedor por silencio ni por tu confirmación. Continúa "
            "cuando el banco termine, o solo {deadline}.",
        ),
        PATH,
    ),
    Template(
        "chargeback.opened",
        SELLER,
        BOTH,
        Wording(
            "A chargeback was opened on order {order}",
            "The buyer's bank took the payment back while it looks. We answer from the order's own record {deadline}, "
            "unless it shows that nothing was sent, or that all of it is owed to the buyer. Money that had not been "
            "paid out stands still until the bank decides.",
        ),
        Wording(
            "Se abrió un contracargo del pedido {order}",
            "El banco del comprador retiró el pago mientras lo estudia. Responderemos con los datos del propio pedido "
            "{deadline}, salvo que conste que no se envió nada o que se le debe todo al comprador. El dinero que no se "
            "había pagado queda quieto hasta que el banco decida.",
        ),
        PATH,
    ),
    Template(
        "chargeback.answer_due",
        SELLER,
        BOTH,
        Wording(
            "The bank's deadline for order {order} is near",
            "Evidence for the bank is taken {deadline}. A day before, we send what the order's record shows, unless it "
            "shows that nothing was sent, or that all of it is owed to the buyer.",
        ),
        Wording(
            "Se acerca el plazo del banco para el pedido {order}",
            "El banco acepta pruebas {deadline}. Un día antes enviaremos lo que consta en el pedido, salvo que conste "
            "que no se envió nada o que se le debe todo al comprador.",
        ),
        PATH,
    ),
    Template(
        "chargeback.evidence_sent",
        SELLER,
        ONLY_INBOX,
        Wording(
            "The evidence for order {order} is with the bank",
            "The bank takes one answer, and has it. Its decision may take up to three months.",
        ),
        Wording(
            "Las pruebas del pedido {order} están en el banco",
            "El banco acepta una sola respuesta y ya la tiene. Su decisión puede tardar hasta tres meses.",
        ),
        PATH,
    ),
    Template(
        "chargeback.won",
        SELLER,
        BOTH,
        Wording(
            "The bank decided for you on order {order}",
            "The payment came back. If the order was still open, we now decide whose the money is; if you had been "
            "paid, nothing changes.",
        ),
        Wording(
            "El banco decidió a tu favor en el pedido {order}",
            "El pago ha vuelto. Si el pedido seguía abierto, ahora decidimos de quién es el dinero; si ya habías "
            "cobrado, no cambia nada.",
        ),
        PATH,
    ),
    Template(
        "chargeback.lost",
        SELLER,
        BOTH,
        Wording(
            "The bank decided for the buyer on order {order}",
            "The payment stays with the buyer. What you had been paid for it is taken from your next earnings.",
        ),
        Wording(
            "El banco decidió a favor del comprador en el pedido {order}",
            "El pago se queda con el comprador. Lo que ya habías cobrado se descuenta de tus próximas ventas.",
        ),
        PATH,
    ),
    Template(
        "chargeback.inquiry_closed",
        BUYER,
        ONLY_INBOX,
        Wording("Your bank's question about order {order} is closed", "The order goes on as it was."),
        Wording("La consulta de tu banco sobre el pedido {order} se cerró", "El pedido continúa como estaba."),
        PATH,
    ),
    Template(
        "chargeback.inquiry_closed",
        SELLER,
        ONLY_INBOX,
        Wording(
            "The bank's question about order {order} is closed", "No money has moved, and none will because of it."
        ),
        Wording(
            "La consulta del banco sobre el pedido {order} se cerró", "No se ha movido dinero ni se moverá por ella."
        ),
        PATH,
    ),
)
