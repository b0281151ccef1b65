"""What buyer and seller are told about claims under the legal guarantee."""

from marketplace.notifications.model import BUYER, SELLER
from marketplace.notifications.wording import BOTH, Template, Wording

_PATH = "/orders/{order}/returns"


def _to(kind: str, party: str, en: tuple[str, str], es: tuple[str, str]) -> Template:
    return Template(f"return.{kind}", party, BOTH, Wording(*en), Wording(*es), _PATH)


GUARANTEE = (
    *(
        _to(kind, SELLER, (title_en, body_en), (title_es, body_es))
        for kind, title_en, body_en, title_es, body_es in (
            (
                "claimed",
                "The buyer of order {order} says that something lacks conformity",
                (
                    "Give the remedy, offer another, or refuse with reasons, {deadline}. If you say nothing, the goods "
                    "go back to you at your cost and {refund} to the buyer."
                ),
                "El comprador del pedido {order} dice que algo no es conforme",
                (
                    "Da la solución, ofrece otra o niégate con motivos, {deadline}. Si no dices nada, los artículos "
                    "vuelven a tu costa y {refund} al comprador."
                ),
            ),
            (
                "claimed_late",
                "The buyer of order {order} says that something lacks conformity",
                (
                    "Give the remedy, offer another, or refuse with reasons, {deadline}. If you say nothing, that "
                    "counts as a refusal, and the buyer can ask for a decision."
                ),
                "El comprador del pedido {order} dice que algo no es conforme",
                (
                    "Da la solución, ofrece otra o niégate con motivos, {deadline}. Si no dices nada, es una negativa "
                    "y el comprador puede pedir una resolución."
                ),
            ),
        )
    ),
    _to(
        "claimed",
        BUYER,
        (
            "We told the seller of order {order} about your claim",
            "If the seller does not answer {deadline}, you can send the goods back at the seller's cost for {refund}.",
        ),
        (
            "Hemos avisado al vendedor del pedido {order} de tu reclamación",
            "Si no responde {deadline}, podrás devolver los artículos a su costa por {refund}.",
        ),
    ),
    _to(
        "claimed_late",
        BUYER,
        (
            "We told the seller of order {order} about your claim",
            "If the seller does not answer {deadline}, you can ask for a decision.",
        ),
        (
            "Hemos avisado al vendedor del pedido {order} de tu reclamación",
            "Si no responde {deadline}, podrás pedir una resolución.",
        ),
    ),
    _to(
        "remedy_offered",
        BUYER,
        (
            "The seller of order {order} offers another remedy",
            "Take it or not {deadline}. If you say nothing it lapses, and you can ask for a decision.",
        ),
        (
            "El vendedor del pedido {order} ofrece otra solución",
            "Acéptala o no {deadline}. Si no dices nada caduca, y podrás pedir una resolución.",
        ),
    ),
    _to(
        "remedy_offered",
        SELLER,
        ("You offered the buyer of order {order} another remedy", "They take it or not {deadline}."),
        ("Has ofrecido otra solución al comprador del pedido {order}", "La acepta o no {deadline}."),
    ),
    _to(
        "claim_refused",
        BUYER,
        (
            "Your claim about order {order} was not agreed to",
            "Ask for a decision {deadline}. If you do not, the claim ends, and nothing is refunded for it.",
        ),
        (
            "Tu reclamación del pedido {order} no ha sido aceptada",
            "Pide una resolución {deadline}. Si no, la reclamación termina y no se reembolsa nada por ella.",
        ),
    ),
    _to(
        "claim_refused",
        SELLER,
        (
            "The claim about order {order} was not agreed to",
            "The buyer can ask for a decision {deadline}; otherwise it ends.",
        ),
        (
            "La reclamación del pedido {order} no ha sido aceptada",
            "El comprador puede pedir una resolución {deadline}; si no, termina.",
        ),
    ),
    *(
        _to(kind, party, (title_en, body_en), (title_es, body_es))
        for kind, title_en, body_en, title_es, body_es in (
            (
                "claim_review",
                "The marketplace decides the claim about order {order}",
                (
                    "A person decides with what both of you showed. If nobody decides {deadline}, the goods go back "
                    "for {refund}."
                ),
                "El mercado resuelve la reclamación del pedido {order}",
                (
                    "Una persona decide con lo que habéis mostrado. Si nadie decide {deadline}, los artículos vuelven "
                    "por {refund}."
                ),
            ),
            (
                "reduced",
                "The claim about order {order} has ended with {refund} off the price",
                "The buyer keeps the goods, and {refund} goes back to the card or account they paid with.",
                "La reclamación del pedido {order} ha terminado con {refund} menos de precio",
                "El comprador se queda los artículos y {refund} vuelven a la tarjeta o cuenta con la que pagó.",
            ),
            (
                "rejected",
                "The claim about order {order} has ended without a refund",
                "It was refused and no decision was asked for, or it was decided so; the reasons are in the claim.",
                "La reclamación del pedido {order} ha terminado sin reembolso",
                "Fue rechazada y no se pidió resolución, o se resolvió así; los motivos están en la reclamación.",
            ),
        )
        for party in (BUYER, SELLER)
    ),
)
