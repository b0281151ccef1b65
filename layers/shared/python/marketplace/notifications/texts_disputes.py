"""What both sides are told about offers, messages, evidence and appeals."""

from marketplace.notifications.model import BUYER, SELLER
from marketplace.notifications.wording import BOTH, DISPUTE_PATH, ONLY_INBOX, Template, Wording

NEGOTIATIONS = (
    *(
        Template(
            "dispute.offered",
            party,
            BOTH,
            Wording(
                "The other side makes you an offer about order {order}",
                "They propose that the buyer gets {refund} back and the seller keeps the rest. Accept it, answer with "
                "another one or decline it in the dispute, before it runs out.",
            ),
            Wording(
                "La otra parte te hace una oferta sobre el pedido {order}",
                "Propone que el comprador recupere {refund} y el vendedor se quede el resto. Acéptala, responde con "
                "otra o recházala en la disputa antes de que caduque.",
            ),
            path=DISPUTE_PATH,
        )
        for party in (BUYER, SELLER)
    ),
    *(
        Template(
            "dispute.offer_declined",
            party,
            ONLY_INBOX,
            Wording(
                "Your offer about order {order} was declined",
                "You can make another one, or ask the marketplace to decide.",
            ),
            Wording(
                "Han rechazado tu oferta sobre el pedido {order}",
                "Puedes hacer otra o pedir al mercado que decida.",
            ),
            path=DISPUTE_PATH,
        )
        for party in (BUYER, SELLER)
    ),
    *(
        Template(
            "dispute.offer_withdrawn",
            party,
            ONLY_INBOX,
            Wording(
                "The offer about order {order} was withdrawn",
                "The other side took it back. You can make one of your own, or ask the marketplace to decide.",
            ),
            Wording(
                "Han retirado la oferta sobre el pedido {order}",
                "La otra parte la ha retirado. Puedes hacer una o pedir al mercado que decida.",
            ),
            path=DISPUTE_PATH,
        )
        for party in (BUYER, SELLER)
    ),
    *(
        Template(
            "dispute.agreed",
            party,
            BOTH,
            Wording(
                "You agreed about order {order}",
                "The buyer gets {refund} back and the seller gets the rest. The dispute is over.",
            ),
            Wording(
                "Hay acuerdo sobre el pedido {order}",
                "El comprador recupera {refund} y el vendedor recibe el resto. La disputa ha terminado.",
            ),
            path=DISPUTE_PATH,
        )
        for party in (BUYER, SELLER)
    ),
    *(
        Template(
            "dispute.agreed_return",
            party,
            BOTH,
            Wording(
                "You agreed about order {order}",
                "The buyer sends the goods back, at the seller's cost, and then gets {refund}; the seller gets the "
                "rest. If they are not sent in time, the seller is paid. The dispute is over.",
            ),
            Wording(
                "Hay acuerdo sobre el pedido {order}",
                "El comprador devuelve los artículos, a cargo del vendedor, y entonces recupera {refund}; el vendedor "
                "recibe el resto. Si no se envían a tiempo, se paga al vendedor. La disputa ha terminado.",
            ),
            path=DISPUTE_PATH,
        )
        for party in (BUYER, SELLER)
    ),
    *(
        Template(
            "dispute.dropped",
            party,
            BOTH,
            Wording(
                "The claim about order {order} was taken back",
                "The buyer took it back, and the order goes on. Its page says what comes next and by when.",
            ),
            Wording(
                "Se ha retirado la reclamación sobre el pedido {order}",
                "El comprador la ha retirado y el pedido sigue. En su página verás qué viene ahora y para cuándo.",
            ),
            path=DISPUTE_PATH,
        )
        for party in (BUYER, SELLER)
    ),
    *(
        Template(
            "dispute.evidence_shown",
            party,
            ONLY_INBOX,
            Wording(
                "There is new evidence in the dispute about order {order}",
                "The other side uploaded a file. You can read it in the dispute.",
            ),
            Wording(
                "Hay una prueba nueva en la disputa sobre el pedido {order}",
                "La otra parte ha subido un archivo. Puedes verlo en la disputa.",
            ),
            path=DISPUTE_PATH,
        )
        for party in (BUYER, SELLER)
    ),
    *(
        Template(
            "dispute.message",
            party,
            BOTH,
            Wording(
                "There is a message in the dispute about order {order}",
                "Read it and answer in the dispute.",
            ),
            Wording(
                "Hay un mensaje en la disputa sobre el pedido {order}",
                "Léelo y responde en la disputa.",
            ),
            path=DISPUTE_PATH,
        )
        for party in (BUYER, SELLER)
    ),
    *(
        Template(
            "dispute.reopened",
            party,
            BOTH,
            Wording(
                "The dispute about order {order} is open again",
                "What was decided before was not carried out, because a bank or a return came between. Somebody of "
                "the marketplace looks at it again; you can add evidence.",
            ),
            Wording(
                "La disputa sobre el pedido {order} vuelve a estar abierta",
                "Lo que se decidió no llegó a ejecutarse, porque intervino un banco o una devolución. Alguien del "
                "mercado la revisa otra vez; puedes añadir pruebas.",
            ),
            path=DISPUTE_PATH,
        )
        for party in (BUYER, SELLER)
    ),
    *(
        Template(
            "dispute.appealed",
            party,
            BOTH,
            Wording(
                "The decision about order {order} was appealed",
                "The money went as it was decided, and somebody who did not decide before looks at it again. If there "
                "is no answer {deadline}, the first decision stands.",
            ),
            Wording(
                "Se ha recurrido la resolución sobre el pedido {order}",
                "El dinero fue como se decidió, y lo revisa alguien que no decidió antes. Si no hay respuesta "
                "{deadline}, se mantiene la primera resolución.",
            ),
            path=DISPUTE_PATH,
        )
        for party in (BUYER, SELLER)
    ),
    *(
        Template(
            "dispute.appeal_joined",
            party,
            BOTH,
            Wording(
                "The other side appealed the decision about order {order} too",
                "Both appeals get one answer, by somebody who did not decide before. If there is none {deadline}, the "
                "first decision stands.",
            ),
            Wording(
                "La otra parte también ha recurrido la resolución sobre el pedido {order}",
                "Ambos recursos reciben una sola respuesta, de alguien que no decidió antes. Si no la hay {deadline}, "
                "se mantiene la primera resolución.",
            ),
            path=DISPUTE_PATH,
        )
        for party in (BUYER, SELLER)
    ),
    *(
        Template(
            "dispute.appeal_decided",
            party,
            BOTH,
            Wording(
                "The appeal about order {order} is decided",
                "In all, the buyer gets {refund} back. The reasons are in the dispute. This decision is final here; "
                "you may still go to court or to a dispute settlement body.",
            ),
            Wording(
                "El recurso sobre el pedido {order} está resuelto",
                "En total, el comprador recupera {refund}. Los motivos están en la disputa. Aquí esta resolución es "
                "definitiva; puedes acudir a los tribunales o a un órgano de resolución de litigios.",
            ),
            path=DISPUTE_PATH,
        )
        for party in (BUYER, SELLER)
    ),
    *(
        Template(
            "dispute.appeal_lapsed",
            party,
            BOTH,
            Wording(
                "The first decision about order {order} stands",
                "The appeal was not decided in time. You may still go to court or to a dispute settlement body.",
            ),
            Wording(
                "Se mantiene la primera resolución sobre el pedido {order}",
                "El recurso no se resolvió a tiempo. Puedes acudir a los tribunales o a un órgano de resolución de "
                "litigios.",
            ),
            path=DISPUTE_PATH,
        )
        for party in (BUYER, SELLER)
    ),
)
