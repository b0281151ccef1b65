"""What buyer and seller are told about returns, and what follows a statement of withdrawal."""

from marketplace.notifications.model import ACCOUNT, BUYER, SELLER
from marketplace.notifications.wording import BOTH, ONLY_INBOX, ONLY_MAIL, Template, Wording

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

_RECEIVED_EN = "We received your statement of withdrawal {received}. "
_RECEIVED_ES = "Recibimos tu declaración de desistimiento {received}. "

# Why nothing can be given back: (code, English, Spanish). The clauses are of Directive 2011/83/EU, article 16.
_WHY = (
    ("too_late", "The time for it was over.", "El plazo había terminado."),
    (
        "not_offered",
        (
            "The seller is a private person: the right of withdrawal is one against traders, and this "
            "listing offered no "
            "returns."
        ),
        (
            "Vende un particular: el derecho de desistimiento es frente a empresarios, y este anuncio no ofrecía "
            "devoluciones."
        ),
    ),
    ("not_delivered", "Nothing has arrived yet.", "Todavía no ha llegado nada."),
    ("nothing_left", "There is nothing left to give back.", "No queda nada que devolver."),
    *(
        (
            code,
            f"The law makes an exception for it (Directive 2011/83/EU, article 16({letter})): {en}.",
            f"La ley lo exceptúa (Directiva 2011/83/UE, artículo 16({letter})): {es}.",
        )
        for code, letter, en, es in (
            ("made_to_order", "c", "made to the buyer's order", "hecho por encargo"),
            ("perishable", "d", "it goes off quickly", "se deteriora con rapidez"),
            ("sealed_for_hygiene", "e", "sealed for health or hygiene", "precintado por salud o higiene"),
            ("sealed_recording", "i", "sealed recordings or software", "grabaciones o programas precintados"),
            ("newspaper", "j", "newspapers and magazines", "prensa y revistas"),
            ("performed_with_consent", "a", "a service fully performed", "un servicio ya prestado por completo"),
            ("dated_leisure", "l", "leisure or travel on a date", "ocio o viajes en una fecha"),
            ("begun_with_consent", "m", "digital content whose supply began", "contenido digital ya suministrado"),
        )
    ),
)


def _after(what: str, en: tuple[str, str], es: tuple[str, str]) -> Template:
    return Template(
        f"withdrawal.{what}",
        BUYER,
        BOTH,
        Wording(en[0], _RECEIVED_EN + en[1]),
        Wording(es[0], _RECEIVED_ES + es[1]),
        _PATH,
    )


WITHDRAWALS = (
    _after(
        "accepted",
        ("Your withdrawal from order {order}", "It is valid, and a return is open: you get {refund} back."),
        ("Tu desistimiento del pedido {order}", "Es válido y hay una devolución abierta: recuperas {refund}."),
    ),
    _after(
        "cancelled",
        ("Your withdrawal from order {order}", "It had not been sent yet, so it is cancelled and all is refunded."),
        ("Tu desistimiento del pedido {order}", "Aún no se había enviado: queda cancelado y se reembolsa todo."),
    ),
    _after(
        "waiting",
        (
            "Your withdrawal from order {order}",
            "It counts from then. The order is still on its way or is being decided; your return opens afterwards.",
        ),
        (
            "Tu desistimiento del pedido {order}",
            "Cuenta desde entonces. El pedido va de camino o se está decidiendo; la devolución se abre después.",
        ),
    ),
    *(
        _after(
            f"refused_{code}",
            (
                "Your withdrawal from order {order}: what cannot be given back",
                f"For some or all of it there is no such right. {en}",
            ),
            (
                "Tu desistimiento del pedido {order}: lo que no se puede devolver",
                f"Para todo o parte no existe ese derecho. {es}",
            ),
        )
        for code, en, es in _WHY
    ),
    Template(
        "withdrawal.unmatched",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "We received a statement of withdrawal",
            _RECEIVED_EN + "We found no order with that number bought from this address. Check both on your receipt "
            "and send it again; the moment of this statement is kept. If it was not you, ignore this mail.",
        ),
        Wording(
            "Hemos recibido una declaración de desistimiento",
            _RECEIVED_ES + "No encontramos ningún pedido con ese número comprado desde esta dirección. Revisa ambos en "
            "tu recibo y envíala de nuevo; el momento de esta declaración queda guardado. Si no fuiste tú, ignora "
            "este correo.",
        ),
        "/withdrawals",
    ),
)
