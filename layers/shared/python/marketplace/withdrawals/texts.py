"""What the law wants said about withdrawing: how, until when, the model form, and the acknowledgement."""

from collections.abc import Mapping

from marketplace.withdrawals.model import Statement

_NAME_SHOWN_MAX = 60  # characters: a mail to an address that nobody proved carries no more of a stranger's words

# Directive 2011/83/EU, article 6(1)(h) and annex I, part A; with the function of article 11a.
RIGHT: tuple[str, str] = (
    (
        "If the seller is a trader, you can withdraw from this contract without giving a reason within 14 days of "
        "the day on which you have the goods (of services and digital content, of the contract), unless the law "
        "excepts it. That day does not count, the last one counts to its end in Spain, and if it is no working day "
        "you have until the next one. Use 'Withdraw from contract here' with this order's number and your e-mail "
        "address, no account needed, or send the form below. You get back what you paid, delivery included, within 14 "
        "days of your statement, but not before you have sent the goods back; that is at your cost unless the offer "
        "says otherwise."
    ),
    (
        "Si el vendedor es un empresario, puedes desistir de este contrato sin dar motivos en 14 días desde que "
        "tengas los artículos (en servicios y contenido digital, desde el contrato), salvo excepción legal. Ese día "
        "no cuenta, el último cuenta hasta su final en España y, si no es hábil, tienes hasta el siguiente. Usa "
        "«Desistir del contrato aquí» con el número de este pedido y tu correo, sin cuenta, o envía el formulario de "
        "abajo. Recuperas lo pagado, envío incluido, en 14 días desde tu declaración, pero no antes de que hayas "
        "enviado los artículos de vuelta; eso corre de tu cuenta salvo que la oferta diga otra cosa."
    ),
)

# Annex I, part B.
MODEL_FORM: tuple[str, str] = (
    (
        "Model withdrawal form (complete and return it only if you wish to withdraw from the contract). To the "
        "seller, through Aval: I hereby give notice that I withdraw from my contract of sale of the following goods "
        "/ for the provision of the following service: ... Ordered on / received on: ... Name of consumer: ... "
        "Address of consumer: ... Date: ... Signature (only on paper)."
    ),
    (
        "Modelo de formulario de desistimiento (solo si desea desistir del contrato). Al vendedor, a través de Aval: "
        "por la presente le comunico que desisto de mi contrato de venta del siguiente bien / prestación del "
        "siguiente servicio: ... Pedido el / recibido el: ... Nombre del consumidor: ... Domicilio del consumidor: "
        "... Fecha: ... Firma (solo en papel)."
    ),
)

_ACKNOWLEDGED: Mapping[str, tuple[str, str]] = {
    "reference": ("Order", "Pedido"),
    "name": ("Name", "Nombre"),
    "lines": ("Of it", "De él"),
    "all": ("the whole contract", "todo el contrato"),
    "statement": ("I withdraw from the contract for this order.", "Desisto del contrato de este pedido."),
}


def acknowledged(said: Statement, locale: str) -> str:
    """Repeat a statement's content for the mail that acknowledges it; the sender's free words are in the receipt.

    It goes to an address that nobody proved, so of a stranger's words it carries only a name, cut and without links.
    """
    es = locale == "es"
    words = {name: pair[es] for name, pair in _ACKNOWLEDGED.items()}
    name = " ".join(said.name.replace("/", " ").replace(".", " ").split())[:_NAME_SHOWN_MAX]
    lines = ", ".join(f"{each.quantity} x {each.listing_id}" for each in said.lines) or words["all"]
    reference = "".join(each for each in said.reference if each.isalnum() or each in "_-")
    listed = (("reference", reference), ("name", name), ("lines", lines))
    return "\n".join([words["statement"], *(f"{words[label]}: {shown}" for label, shown in listed)])
