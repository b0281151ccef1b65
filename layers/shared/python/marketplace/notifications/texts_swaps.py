"""What buyer and seller are told about exchanges, and about what is sent for goods that came back."""

from marketplace.notifications.model import BUYER, SELLER
from marketplace.notifications.wording import BOTH, Template, Wording

_PATH = "/orders/{order}/returns"


def _to(kind: str, party: str, en: tuple[str, str], es: tuple[str, str]) -> Template:
    return Template(f"return.{kind}", party, BOTH, Wording(*en), Wording(*es), _PATH)


SWAPS = (
    _to(
        "exchange_asked",
        SELLER,
        (
            "The buyer of order {order} asks for an exchange",
            "Agree or not {deadline}. If you say nothing, or have none, it becomes a return: {refund} goes back.",
        ),
        (
            "El comprador del pedido {order} pide un cambio",
            "Acéptalo o no {deadline}. Si no dices nada, o no te quedan, será una devolución por {refund}.",
        ),
    ),
    _to(
        "exchange_asked",
        BUYER,
        (
            "We told the seller of order {order} that you want an exchange",
            "If the seller does not answer {deadline}, or has none left, it becomes a return: you get {refund}.",
        ),
        (
            "Hemos avisado al vendedor del pedido {order} de que quieres un cambio",
            "Si no responde {deadline}, o no le quedan, será una devolución: recuperas {refund}.",
        ),
    ),
    _to(
        "to_send",
        BUYER,
        (
            "Order {order}: send the goods back, and others or the mended ones come for them",
            "Send them {deadline} and enter carrier and tracking number. If you do not, you keep what you have.",
        ),
        (
            "Pedido {order}: envía los artículos y recibirás otros o los mismos reparados",
            "Envíalos {deadline} e indica transportista y número de seguimiento. Si no, te quedas con lo que tienes.",
        ),
    ),
    _to(
        "to_send",
        SELLER,
        (
            "Order {order}: the buyer sends the goods back to you",
            "They have to be on their way {deadline}. What replaces them is reserved until then.",
        ),
        (
            "Pedido {order}: el comprador te envía los artículos de vuelta",
            "Deben estar en camino {deadline}. Hasta entonces queda reservado lo que los sustituye.",
        ),
    ),
    *(
        _to(
            kind,
            party,
            (title_en.format(order="{order}"), body_en),
            (title_es.format(order="{order}"), body_es),
        )
        for kind, title_en, body_en, title_es, body_es in (
            (
                "sent_back",
                "Order {order}: the goods are on their way back",
                "The seller says {deadline} that they are back. If not, {refund} goes back to the buyer.",
                "Pedido {order}: los artículos van de vuelta",
                "El vendedor dice {deadline} que han llegado. Si no, {refund} vuelven al comprador.",
            ),
            (
                "goods_missing",
                "Order {order}: the seller says that nothing came back",
                "A person looks at it. If nobody decides {deadline}, {refund} goes back to the buyer.",
                "Pedido {order}: el vendedor dice que no ha vuelto nada",
                "Lo revisa una persona. Si nadie decide {deadline}, {refund} vuelven al comprador.",
            ),
            (
                "replacing",
                "Order {order}: the goods are back, and the seller sends for them",
                "What comes for them is sent {deadline}. If not, {refund} goes back to the buyer.",
                "Pedido {order}: los artículos han vuelto y el vendedor envía a cambio",
                "Lo que va a cambio se envía {deadline}. Si no, {refund} vuelven al comprador.",
            ),
            (
                "replacement_sent",
                "Order {order}: what comes for the returned goods is on its way",
                "The buyer says when it is there. If nothing shows it {deadline}, a person looks at it.",
                "Pedido {order}: lo que va a cambio está de camino",
                "El comprador dice cuándo llega. Si nada lo demuestra {deadline}, lo revisa una persona.",
            ),
            (
                "replacement_unproven",
                "Order {order}: nothing shows that the replacement arrived",
                "A person looks at it. If nothing shows it {deadline}, {refund} goes back to the buyer.",
                "Pedido {order}: nada demuestra que llegara lo enviado a cambio",
                "Lo revisa una persona. Si nada lo demuestra {deadline}, {refund} vuelven al comprador.",
            ),
            (
                "replaced",
                "Order {order}: what came for the returned goods has arrived",
                "It can be looked at for as long as the first could; then the order goes on.",
                "Pedido {order}: ha llegado lo enviado a cambio",
                "Se puede revisar tanto tiempo como lo primero; después el pedido sigue.",
            ),
        )
        for party in (BUYER, SELLER)
    ),
)
