"""What follows a statement of withdrawal, as its sender and the buyer are told."""

from marketplace.notifications.model import ACCOUNT, BUYER
from marketplace.notifications.wording import BOTH, ONLY_MAIL, Template, Wording

_PATH = "/orders/{order}/returns"

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
    # The acknowledgement of article 11a(4): its content stands where another mail has its link.
    Template(
        "withdrawal.received",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "We have received your statement of withdrawal",
            _RECEIVED_EN + "It counts from that moment. What you stated is below; keep this mail.",
        ),
        Wording(
            "Hemos recibido tu declaración de desistimiento",
            _RECEIVED_ES + "Cuenta desde ese momento. Lo que declaraste está abajo; guarda este correo.",
        ),
        path="",
        mints="withdrawal_statement",
    ),
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
        "unpaid",
        ("Your withdrawal from order {order}", "The order was never paid and has ended: you owe nothing for it."),
        ("Tu desistimiento del pedido {order}", "El pedido no llegó a pagarse y ha terminado: no debes nada por él."),
    ),
    _after(
        "waiting",
        (
            "Your withdrawal from order {order}",
            "It counts from then. The order is still being paid, on its way or being decided; it is done afterwards.",
        ),
        (
            "Tu desistimiento del pedido {order}",
            "Cuenta desde entonces. El pedido se está pagando, va de camino o se está decidiendo; se hará después.",
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
            "We found no order for your statement of withdrawal",
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
