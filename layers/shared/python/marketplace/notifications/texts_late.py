"""What somebody is told whose payment came after its reservation had ended."""

from marketplace.notifications.model import BUYER
from marketplace.notifications.wording import BOTH, Template, Wording

LATE = (
    Template(
        "refund.late_payment",
        BUYER,
        BOTH,
        Wording(
            "Your payment of {refund} came too late: it goes back to you",
            "You paid {refund} for order {order} (and for whatever else you bought with it), but the payment reached "
            "us after the reservation had ended. The order does not stand and the goods are back on sale. We are "
            "refunding the whole {refund} now, with nothing taken off, to the card or account you paid with. Banks "
            "show it within 5 to 10 days; we write to you as soon as it is sent. You need not do anything.",
        ),
        Wording(
            "Tu pago de {refund} llegó tarde: te lo devolvemos",
            "Pagaste {refund} por el pedido {order} (y por lo demás de esa compra), pero el pago nos llegó cuando la "
            "reserva ya había terminado. El pedido no sigue adelante y los artículos vuelven a estar a la venta. Te "
            "reembolsamos ahora los {refund} íntegros, sin descontar nada, a la tarjeta o cuenta con la que pagaste. "
            "Los bancos tardan entre 5 y 10 días en mostrarlo; te escribiremos en cuanto esté enviado. No tienes que "
            "hacer nada.",
        ),
    ),
    Template(
        "refund.late_done",
        BUYER,
        BOTH,
        Wording(
            "Refund receipt: {refund} of your late payment",
            "We have refunded {refund} to the card or account you paid with: the payment for order {order} had come "
            "after the reservation ended. Banks show it within 5 to 10 days; the reference is {receipt}. The order's "
            "receipt and your monthly statement show what you paid and what went back.",
        ),
        Wording(
            "Recibo de reembolso: {refund} de tu pago tardío",
            "Hemos reembolsado {refund} a la tarjeta o cuenta con la que pagaste: el pago del pedido {order} había "
            "llegado con la reserva ya terminada. Los bancos tardan entre 5 y 10 días en mostrarlo; la referencia es "
            "{receipt}. El recibo del pedido y tu extracto mensual muestran lo que pagaste y lo que se te devolvió.",
        ),
    ),
    Template(
        "refund.late_failed",
        BUYER,
        BOTH,
        Wording(
            "{refund} of your late payment could not be sent back yet",
            "We tried to refund the late payment for order {order}, and as far as we can see {refund} did not go "
            "through: it was refused, your bank sent it back to us, or we got no answer. Unless your bank has "
            "paid you already, the money is still yours. A "
            "person of our finance team is looking into it, and we write to you when that is decided. You need not do "
            "anything now.",
        ),
        Wording(
            "{refund} de tu pago tardío aún no se te han podido devolver",
            "Intentamos reembolsarte el pago tardío del pedido {order} y, hasta donde vemos, {refund} no llegaron: se "
            "rechazó el reembolso, tu banco nos lo devolvió o no tuvimos respuesta. Salvo que tu banco ya te "
            "haya pagado, el dinero sigue siendo tuyo. "
            "Una persona de nuestro equipo de finanzas lo está mirando y te escribiremos cuando se decida. Por ahora "
            "no tienes que hacer nada.",
        ),
    ),
    Template(
        "refund.late_waits",
        BUYER,
        BOTH,
        Wording(
            "We keep {refund} of your late payment for you",
            "{refund} of the late payment for order {order} cannot go back the way you paid. The money stays yours: "
            "we keep it for you, and your monthly statement shows it as waiting to be paid to you. Two people of our "
            "finance team decide how you are paid, and we tell you. If you know of a better way, write to us.",
        ),
        Wording(
            "Te guardamos {refund} de tu pago tardío",
            "{refund} del pago tardío del pedido {order} no pueden volver por donde pagaste. El dinero sigue siendo "
            "tuyo: te lo guardamos, y tu extracto mensual lo muestra a la espera de que te lo paguemos. Dos personas "
            "de nuestro equipo de finanzas deciden cómo se te paga y te avisaremos. Si conoces una vía mejor, "
            "escríbenos.",
        ),
    ),
    Template(
        "refund.late_bank_paid",
        BUYER,
        BOTH,
        Wording(
            "Your bank has paid you {refund} of your late payment",
            "Your bank kept {refund} of the late payment for order {order} for you, so that much of it has come back "
            "to you by that way. You need not do anything. Should your bank return it to us, it is yours here again, "
            "and we tell you.",
        ),
        Wording(
            "Tu banco te ha pagado {refund} de tu pago tardío",
            "Tu banco retuvo para ti {refund} del pago tardío del pedido {order}, así que esa parte te ha vuelto por "
            "esa vía. No tienes que hacer nada. Si tu banco nos la devolviera, aquí vuelve a ser tuya y te avisaremos.",
        ),
    ),
    Template(
        "refund.late_paid_outside",
        BUYER,
        BOTH,
        Wording(
            "We paid you {refund} of your late payment by bank transfer",
            "{refund} of the late payment for order {order} could not go back the way you paid. Two people of our "
            "finance team saw to it that we paid them to you from a bank account of ours. Banks take up to two "
            "working days; if nothing has come by then, write to us.",
        ),
        Wording(
            "Te hemos pagado {refund} de tu pago tardío por transferencia",
            "{refund} del pago tardío del pedido {order} no podían volver por donde pagaste. Dos personas de nuestro "
            "equipo de finanzas se ocuparon de pagártelos desde una cuenta bancaria nuestra. Los bancos tardan hasta "
            "dos días hábiles; si para entonces no han llegado, escríbenos.",
        ),
    ),
)
