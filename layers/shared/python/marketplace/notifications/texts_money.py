"""What buyer and seller are told about refunds beside an order's end: their receipts."""

from marketplace.notifications.model import BUYER, SELLER
from marketplace.notifications.texts_payouts import PAYOUTS_PATH
from marketplace.notifications.wording import BOTH, ONLY_INBOX, Template, Wording

_PATH = "/orders/{order}/refunds"

REFUNDS = (
    Template(
        "refund.requested",
        BUYER,
        ONLY_INBOX,
        Wording(
            "{refund} of order {order} is being refunded",
            "{refund} of order {order} is on its way back to the card or account you paid with. You need not do "
            "anything; we tell you as soon as it is done.",
        ),
        Wording(
            "Se reembolsan {refund} del pedido {order}",
            "{refund} del pedido {order} van de camino a la tarjeta o cuenta con la que pagaste. No tienes que "
            "hacer nada; te avisaremos en cuanto termine.",
        ),
        _PATH,
    ),
    Template(
        "refund.requested",
        SELLER,
        ONLY_INBOX,
        Wording(
            "{refund} of order {order} is being refunded",
            "{refund} of order {order} goes back to the buyer. While the order runs, it comes out of the money that"
            " is protected for it; after you were paid, your part of it is taken back from your balance, or from "
            "your next earnings, and the commission on it is returned to you.",
        ),
        Wording(
            "Se reembolsan {refund} del pedido {order}",
            "{refund} del pedido {order} vuelven al comprador. Mientras el pedido sigue en curso, salen del dinero "
            "protegido; si ya se te pagó, tu parte se descuenta de tu saldo o de tus próximos ingresos, y se te "
            "devuelve la comisión correspondiente.",
        ),
        _PATH,
    ),
    Template(
        "refund.done",
        BUYER,
        BOTH,
        Wording(
            "Refund receipt: {refund} of order {order}",
            "We have refunded {refund} of order {order} to the card or account you paid with. Banks show it within "
            "5 to 10 days; the reference is {receipt}. Every refund of this order, with what it was for, is listed "
            "on its page.",
        ),
        Wording(
            "Recibo de reembolso: {refund} del pedido {order}",
            "Hemos reembolsado {refund} del pedido {order} a la tarjeta o cuenta con la que pagaste. Los bancos "
            "tardan entre 5 y 10 días en mostrarlo; la referencia es {receipt}. En la página del pedido figuran "
            "todos sus reembolsos y el motivo de cada uno.",
        ),
        _PATH,
    ),
    Template(
        "refund.done",
        SELLER,
        BOTH,
        Wording(
            "Refund receipt: {refund} of order {order}",
            "{refund} of order {order} was refunded to the buyer (reference {receipt}). The order's page shows to "
            "the cent what you bear of it, what commission came back to you, and what, if anything, is taken from "
            "your next earnings.",
        ),
        Wording(
            "Recibo de reembolso: {refund} del pedido {order}",
            "Se han reembolsado {refund} del pedido {order} al comprador (referencia {receipt}). La página del "
            "pedido muestra al céntimo qué parte asumes, qué comisión se te ha devuelto y qué se descontará, si "
            "procede, de tus próximos ingresos.",
        ),
        _PATH,
    ),
    Template(
        "payout.waits_for_bank",
        SELLER,
        BOTH,
        Wording(
            "{amount} of order {order} wait for a bank account",
            "None of your bank accounts takes the currency of the {amount} that you earned with order {order}, and we "
            "convert nothing. Add one in that currency at Stripe {deadline}, and the money goes on by itself. After "
            "that a person of our finance team looks at it; it stays yours.",
        ),
        Wording(
            "{amount} del pedido {order} esperan una cuenta bancaria",
            "Ninguna de tus cuentas bancarias admite la moneda de los {amount} que ganaste con el pedido {order}, y no "
            "convertimos nada. Añade una en esa moneda en Stripe {deadline} y el dinero seguirá su curso. Después lo "
            "mirará una persona de nuestro equipo de finanzas; sigue siendo tuyo.",
        ),
        PAYOUTS_PATH,
    ),
    Template(
        "refund.not_by_card",
        BUYER,
        BOTH,
        Wording(
            "We owe you {refund} of order {order}",
            "Your bank kept a part of the payment of order {order} for you, so no more of it can be refunded to your "
            "card. {refund} are still yours and we keep them for you: two people of our finance team see to it that "
            "you are paid in another way within 14 days. We write to you here if we need anything; until then you "
            "need not do anything.",
        ),
        Wording(
            "Te debemos {refund} del pedido {order}",
            "Tu banco retuvo para ti una parte del pago del pedido {order}, así que no se puede reembolsar más a tu "
            "tarjeta. {refund} siguen siendo tuyos y te los guardamos: dos personas de nuestro equipo de finanzas se "
            "ocupan de pagártelos de otra forma en un plazo de 14 días. Si necesitamos algo, te escribiremos aquí; "
            "hasta entonces no tienes que hacer nada.",
        ),
        _PATH,
    ),
    Template(
        "refund.paid_outside",
        BUYER,
        BOTH,
        Wording(
            "We paid you {refund} of order {order} by bank transfer",
            "{refund} of order {order} could not go back to your card. Two people of our finance team saw to it that "
            "we paid them to you from a bank account of ours. Banks take up to two working days; if nothing has come "
            "by then, write to us.",
        ),
        Wording(
            "Te hemos pagado {refund} del pedido {order} por transferencia",
            "{refund} del pedido {order} no podían volver a tu tarjeta. Dos personas de nuestro equipo de finanzas se "
            "ocuparon de pagártelos desde una cuenta bancaria nuestra. Los bancos tardan hasta dos días hábiles; si "
            "para entonces no han llegado, escríbenos.",
        ),
        _PATH,
    ),
    Template(
        "refund.failed",
        BUYER,
        BOTH,
        Wording(
            "The refund of {refund} did not reach you",
            "Your bank sent {refund} of order {order} back to us (reference {receipt}). The money is still yours: a"
            " person is looking into another way to pay it, and you need not do anything now.",
        ),
        Wording(
            "El reembolso de {refund} no te ha llegado",
            "Tu banco nos ha devuelto {refund} del pedido {order} (referencia {receipt}). El dinero sigue siendo "
            "tuyo: una persona busca otra forma de pagártelo y, por ahora, no tienes que hacer nada.",
        ),
        _PATH,
    ),
    Template(
        "refund.failed",
        SELLER,
        ONLY_INBOX,
        Wording(
            "A refund of order {order} came back",
            "The buyer's bank sent {refund} of order {order} back to us. We pay it to the buyer in another way; "
            "nothing changes for you.",
        ),
        Wording(
            "Ha vuelto un reembolso del pedido {order}",
            "El banco del comprador nos ha devuelto {refund} del pedido {order}. Se lo pagaremos al comprador de "
            "otra forma; para ti no cambia nada.",
        ),
        _PATH,
    ),
)
