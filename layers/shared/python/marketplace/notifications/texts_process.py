"""What buyer and seller are told in the states that version 2 of the order process added, and before time is up."""

from marketplace.notifications.model import BUYER, SELLER
from marketplace.notifications.wording import BOTH, ONLY_INBOX, Template, Wording

PROCESS = (
    Template(
        "order.reported_done",
        BUYER,
        BOTH,
        Wording(
            "The seller says that order {order} is done",
            "Look at what was done. If all is well, confirm it; if not, open a dispute: your protected payment stays "
            "with us. If you say nothing {deadline}, a person looks into it and nothing is paid out meanwhile.",
        ),
        Wording(
            "El vendedor dice que el pedido {order} está terminado",
            "Revisa lo que se ha hecho. Si todo está bien, confírmalo; si no, abre una disputa: tu pago protegido "
            "sigue con nosotros. Si no dices nada {deadline}, una persona lo revisa y mientras tanto no se paga nada.",
        ),
    ),
    Template(
        "order.reported_done",
        SELLER,
        ONLY_INBOX,
        Wording(
            "You reported order {order} done",
            "The buyer was asked to confirm. Keep what shows your work. If the buyer says nothing {deadline}, a person "
            "looks into it.",
        ),
        Wording(
            "Has dado por terminado el pedido {order}",
            "Hemos pedido al comprador que lo confirme. Guarda lo que demuestre tu trabajo. Si el comprador no dice "
            "nada {deadline}, una persona lo revisa.",
        ),
    ),
    Template(
        "order.negotiating",
        BUYER,
        BOTH,
        Wording(
            "The seller answered your dispute about order {order}",
            "Read the answer. You can make an offer, accept one, add evidence, or ask the marketplace to decide. If "
            "you two do not agree {deadline}, the marketplace decides with what both showed.",
        ),
        Wording(
            "El vendedor ha respondido a tu disputa sobre el pedido {order}",
            "Lee la respuesta. Puedes hacer una oferta, aceptar una, añadir pruebas o pedir al mercado que decida. Si "
            "no os ponéis de acuerdo {deadline}, decide el mercado con lo que hayáis mostrado.",
        ),
    ),
    Template(
        "order.negotiating",
        SELLER,
        ONLY_INBOX,
        Wording(
            "You answered the dispute about order {order}",
            "You can make the buyer an offer or ask the marketplace to decide. If you two do not agree {deadline}, the "
            "marketplace decides with what both showed.",
        ),
        Wording(
            "Has respondido a la disputa sobre el pedido {order}",
            "Puedes hacer una oferta al comprador o pedir al mercado que decida. Si no os ponéis de acuerdo "
            "{deadline}, decide el mercado con lo que hayáis mostrado.",
        ),
    ),
    *(
        Template(
            "order.decided",
            party,
            BOTH,
            Wording(
                "The dispute about order {order} is decided",
                "The decision and its reasons are in the dispute. It is carried out {deadline} unless you appeal with "
                "new evidence before; whoever loses by it may also accept it now.",
            ),
            Wording(
                "La disputa sobre el pedido {order} está resuelta",
                "La resolución y sus motivos están en la disputa. Se ejecuta {deadline} si antes no recurres con "
                "pruebas nuevas; quien pierde con ella también puede aceptarla ya.",
            ),
        )
        for party in (BUYER, SELLER)
    ),
    *(
        Template(
            "order.appeal_review",
            party,
            BOTH,
            Wording(
                "The decision about order {order} was appealed",
                "Somebody who did not decide before looks at it again, with the new evidence. The money stays where it "
                "is. If there is no answer {deadline}, the first decision stands.",
            ),
            Wording(
                "Se ha recurrido la resolución sobre el pedido {order}",
                "Lo revisa otra persona, con las pruebas nuevas. El dinero no se mueve. Si no hay respuesta "
                "{deadline}, se mantiene la primera resolución.",
            ),
        )
        for party in (BUYER, SELLER)
    ),
    *(
        Template(
            "order.return_open",
            party,
            BOTH,
            Wording(
                "A return of order {order} has begun",
                "What is to be done next, by whom and by when is in the return. The payment stays with us until the "
                "return is over.",
            ),
            Wording(
                "Ha empezado una devolución del pedido {order}",
                "En la devolución verás qué hay que hacer, quién y para cuándo. El pago sigue con nosotros hasta que "
                "la devolución termine.",
            ),
        )
        for party in (BUYER, SELLER)
    ),
)

REMINDERS = (
    Template(
        "order.paid_reminder",
        SELLER,
        BOTH,
        Wording(
            "Order {order} is still to be shipped",
            "Ship it, or report it done, {deadline}. After that it is cancelled and the buyer gets everything back.",
        ),
        Wording(
            "El pedido {order} sigue sin enviarse",
            "Envíalo, o dalo por terminado, {deadline}. Después se cancela y el comprador recupera todo su dinero.",
        ),
    ),
    Template(
        "order.delivered_reminder",
        BUYER,
        BOTH,
        Wording(
            "Is everything well with order {order}?",
            "If something is wrong, say so {deadline}: return it or open a dispute. If you say nothing, the seller is "
            "paid.",
        ),
        Wording(
            "¿Está todo bien con el pedido {order}?",
            "Si algo va mal, dilo {deadline}: devuélvelo o abre una disputa. Si no dices nada, se paga al vendedor.",
        ),
    ),
    Template(
        "order.reported_done_reminder",
        BUYER,
        BOTH,
        Wording(
            "Please confirm order {order}",
            "The seller says it is done. Confirm it, or say what is wrong, {deadline}. After that a person looks into "
            "it.",
        ),
        Wording(
            "Confirma el pedido {order}",
            "El vendedor dice que está terminado. Confírmalo o di qué va mal {deadline}. Después lo revisa una "
            "persona.",
        ),
    ),
    Template(
        "order.disputed_reminder",
        SELLER,
        BOTH,
        Wording(
            "The dispute about order {order} waits for your answer",
            "Answer {deadline}. After that the marketplace decides with what the buyer showed.",
        ),
        Wording(
            "La disputa sobre el pedido {order} espera tu respuesta",
            "Responde {deadline}. Después el mercado decide con lo que mostró el comprador.",
        ),
    ),
    *(
        Template(
            "order.negotiating_reminder",
            party,
            BOTH,
            Wording(
                "There is still time to agree about order {order}",
                "Make an offer or answer one. If you two do not agree {deadline}, the marketplace decides.",
            ),
            Wording(
                "Aún hay tiempo para un acuerdo sobre el pedido {order}",
                "Haz una oferta o responde a una. Si no os ponéis de acuerdo {deadline}, decide el mercado.",
            ),
        )
        for party in (BUYER, SELLER)
    ),
)
