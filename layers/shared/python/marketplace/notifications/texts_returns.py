"""What buyer and seller are told about returns."""

from marketplace.notifications.model import BUYER, SELLER
from marketplace.notifications.wording import BOTH, ONLY_INBOX, Template, Wording

_PATH = "/orders/{order}/returns"


def _to(kind: str, party: str, en: tuple[str, str], es: tuple[str, str], *, inbox: bool = False) -> Template:
    return Template(f"return.{kind}", party, ONLY_INBOX if inbox else BOTH, Wording(*en), Wording(*es), _PATH)


RETURNS = (
    _to(
        "approved",
        BUYER,
        (
            "Your return from order {order} is open",
            (
                "Send the goods back {deadline} and enter carrier and tracking number. When they are back "
                "you get {refund}."
                " If you do not send them in time, the return ends and nothing is refunded for it."
            ),
        ),
        (
            "Tu devolución del pedido {order} está abierta",
            (
                "Envía los artículos de vuelta {deadline} e indica transportista y número de seguimiento. "
                "Cuando lleguen "
                "recuperas {refund}. Si no los envías a tiempo, la devolución termina y no se reembolsa nada por ella."
            ),
        ),
    ),
    _to(
        "approved",
        SELLER,
        (
            "The buyer returns something from order {order}",
            (
                "The buyer sends it back {deadline}. When it is back, say so; {refund} then goes back to "
                "the buyer. You "
                "can give them a label to send with."
            ),
        ),
        (
            "El comprador devuelve algo del pedido {order}",
            (
                "El comprador lo envía {deadline}. Cuando lo recibas, dilo; entonces {refund} vuelven al comprador. "
                "Puedes darle una etiqueta de envío."
            ),
        ),
    ),
    _to(
        "awaiting_receipt",
        BUYER,
        (
            "The seller was told about your return from order {order}",
            "If the seller says nothing {deadline}, we refund {refund}.",
        ),
        (
            "El vendedor sabe de tu devolución del pedido {order}",
            "Si el vendedor no dice nada {deadline}, te reembolsamos {refund}.",
        ),
        inbox=True,
    ),
    _to(
        "awaiting_receipt",
        SELLER,
        (
            "A return from order {order} waits for you",
            (
                "Say {deadline} what came back, and whether it lost value. If you say nothing by then, "
                "{refund} goes back "
                "to the buyer."
            ),
        ),
        (
            "Una devolución del pedido {order} te espera",
            "Di {deadline} qué ha vuelto y si ha perdido valor. Si no dices nada, {refund} vuelven al comprador.",
        ),
    ),
    _to(
        "deducted",
        BUYER,
        (
            "The seller deducts something from your refund of order {order}",
            (
                "The reasons are in the return. Accept it and you get {refund}, or contest it {deadline} and the "
                "marketplace decides. If you say nothing, the deduction stands."
            ),
        ),
        (
            "El vendedor descuenta algo de tu reembolso del pedido {order}",
            (
                "Los motivos están en la devolución. Si lo aceptas recuperas {refund}; si no, impúgnalo {deadline} y "
                "decide el mercado. Si no dices nada, el descuento se mantiene."
            ),
        ),
    ),
    _to(
        "deducted",
        SELLER,
        (
            "You deducted something from a refund of order {order}",
            "The buyer can contest it {deadline}; otherwise {refund} goes back to them.",
        ),
        (
            "Has descontado algo de un reembolso del pedido {order}",
            "El comprador puede impugnarlo {deadline}; si no, {refund} vuelven a él.",
        ),
        inbox=True,
    ),
    *(
        _to(
            "arrived_back",
            party,
            (
                "A return from order {order} was delivered back",
                (
                    "The carrier says so. The seller looks at it {deadline}; if nothing is said by then, {refund} goes "
                    "back to the buyer."
                ),
            ),
            (
                "Una devolución del pedido {order} se ha entregado de vuelta",
                (
                    "Lo dice el transportista. El vendedor la revisa {deadline}; si no dice nada, {refund} vuelven al "
                    "comprador."
                ),
            ),
        )
        for party in (BUYER, SELLER)
    ),
    *(
        _to(
            "review",
            party,
            (
                "The marketplace looks at a deduction of order {order}",
                (
                    "A person decides with what both of you showed. If nobody decides {deadline}, the buyer is "
                    "refunded "
                    "without deduction."
                ),
            ),
            (
                "El mercado revisa un descuento del pedido {order}",
                (
                    "Una persona decide con lo que habéis mostrado. Si nadie decide {deadline}, se reembolsa "
                    "al comprador "
                    "sin descuento."
                ),
            ),
        )
        for party in (BUYER, SELLER)
    ),
    *(
        _to(
            "refunded",
            party,
            (
                "A return from order {order} has ended with {refund} refunded",
                "{refund} goes back to the card or account the buyer paid with.",
            ),
            (
                "Una devolución del pedido {order} ha terminado con {refund} de reembolso",
                "{refund} vuelven a la tarjeta o cuenta con la que pagó el comprador.",
            ),
        )
        for party in (BUYER, SELLER)
    ),
    *(
        _to(kind, party, (en, en_body), (es, es_body))
        for kind, en, en_body, es, es_body in (
            (
                "not_sent",
                "A return from order {order} has ended: nothing was sent back",
                "The goods were not sent back in time, so nothing is refunded for them. The order goes on.",
                "Una devolución del pedido {order} ha terminado: no se envió nada",
                "Los artículos no se enviaron a tiempo, así que no se reembolsa nada por ellos. El pedido sigue.",
            ),
            (
                "cancelled",
                "A return from order {order} was cancelled",
                "The buyer keeps the goods. The order goes on.",
                "Se ha cancelado una devolución del pedido {order}",
                "El comprador se queda con los artículos. El pedido sigue.",
            ),
            (
                "superseded",
                "A return from order {order} has ended: its money is decided elsewhere",
                (
                    "A dispute, or the buyer's bank, decides about this order's money now. The return ends without a "
                    "refund of its own."
                ),
                "Una devolución del pedido {order} ha terminado: su dinero se decide en otro lugar",
                (
                    "Una disputa, o el banco del comprador, decide ahora sobre el dinero del pedido. La "
                    "devolución termina "
                    "sin reembolso propio."
                ),
            ),
            (
                "nothing_left",
                "A return from order {order} has ended: all was refunded before",
                "The buyer had everything back before, so nothing more is refunded.",
                "Una devolución del pedido {order} ha terminado: ya estaba todo reembolsado",
                "El comprador ya lo había recuperado todo, así que no se reembolsa nada más.",
            ),
        )
        for party in (BUYER, SELLER)
    ),
)
