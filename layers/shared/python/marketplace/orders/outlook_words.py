"""What becomes of an order, in the reader's words, as it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.kit.clock import to_text
from marketplace.orders import outlook
from marketplace.returns import rights

PERIODS: Mapping[str, tuple[str, str]] = {
    outlook.CANCEL: (
        "Until it is shipped, done or made available: cancel it, and everything comes back.",
        "Hasta que se envíe, se haga o esté disponible: cancélalo y vuelve todo.",
    ),
    outlook.UNDELIVERED: (
        "Until it arrives: what is never shown to have arrived comes back whole.",
        "Hasta que llegue: lo que nunca se demuestre entregado vuelve entero.",
    ),
    outlook.INSPECTION: (
        "While you look at it: open a dispute, and the money stands still until it is settled; at most all of it.",
        "Mientras lo revisas: abre una disputa y el dinero no se mueve hasta resolverla; vuelve como mucho esto.",
    ),
    outlook.RETURN: (
        "Give it back without a reason: its price comes back once it is returned.",
        "Devuélvelo sin motivo: vuelve su precio cuando lo hayas devuelto.",
    ),
    outlook.AFTER: (
        "Nothing comes back by itself any more. What the law gives against defects stays yours.",
        "Ya no vuelve nada por sí solo. Conservas lo que la ley da frente a defectos.",
    ),
}
FAVOURS: Mapping[str, tuple[str, str]] = {
    "buyer": ("If nobody acts, the buyer gets the money.", "Si nadie actúa, el dinero es del comprador."),
    "seller": ("If nobody acts, the seller gets the money.", "Si nadie actúa, el dinero es del vendedor."),
    outlook.BOTH: ("If nobody acts, both get a part.", "Si nadie actúa, cada uno recibe una parte."),
    outlook.NOBODY: ("If nobody acts, no money moves.", "Si nadie actúa, no se mueve dinero."),
}
FEES: tuple[str, str] = (
    "A buyer pays no fee, and commission is only taken on what the seller keeps: a refund leaves no fee behind.",
    "El comprador no paga tarifas y la comisión solo se toma de lo que queda al vendedor: reembolsar no deja tarifas.",
)


RIGHTS: Mapping[str, tuple[str, str]] = {
    "withdrawal": (
        (
            "Withdraw by law, without a reason: the price comes back for the goods. A silent seller refunds; who "
            "does not send the goods in time keeps them."
        ),
        (
            "Desistir por ley, sin motivo: vuelve el precio a cambio de los artículos. Si el vendedor calla, "
            "reembolsa; quien no los envía a tiempo se los queda."
        ),
    ),
    "return": (
        (
            "Give it back by the offer's terms: the price comes back for the goods. A silent seller refunds; who "
            "does not send the goods in time keeps them."
        ),
        (
            "Devolver según la oferta: vuelve el precio a cambio de los artículos. Si el vendedor calla, reembolsa; "
            "quien no los envía a tiempo se los queda."
        ),
    ),
    "exchange": (
        (
            "Ask for the same again. If the seller is silent, does not agree or has none left, it becomes a return; "
            "if nothing is sent for the goods, the price comes back."
        ),
        (
            "Pedir otro igual. Si el vendedor calla, no acepta o no le quedan, pasa a ser una devolución; si no "
            "envía nada a cambio, vuelve el precio."
        ),
    ),
    "claim": (
        (
            "If it is not what was agreed: repair or replacement, else a lower price or the price for the goods, at "
            "the seller's cost. While the lack is presumed, a silent seller takes it back for the price."
        ),
        (
            "Si no es conforme: reparación o sustitución; si no, rebaja o el precio a cambio de los artículos, a "
            "costa del vendedor. Mientras la falta se presume, si el vendedor calla, lo recoge por el precio."
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Right:
    """What the buyer can do with what arrives; days count from asking, a contested deduction aside."""

    kind: str
    listing_ids: list[str]
    opens_at: str
    closes_at: str
    is_estimate: bool  # hangs on a delivery that has not happened
    refund_minor: int  # what comes back when it ends in money; at most, where something was given back before
    return_shipping_paid_by: str  # buyer, seller or nobody
    answer_days: int | None
    send_days: int | None
    replace_days: int | None
    refund_days: int
    explanation: str


@dataclass(frozen=True, slots=True)
class SilentEnd:
    """Where silence leads; amounts are in the currency's minor unit, the seller's before commission."""

    state: str
    at: str | None
    favours: str  # buyer, seller, both or nobody
    refund_minor: int
    seller_minor: int
    explanation: str


@dataclass(frozen=True, slots=True)
class RefundPeriod:
    """From when until when how much can come back, at most; `return_cost` says who pays for sending it."""

    code: str
    starts: str
    ends: str | None
    refund_minor: int
    return_cost: str
    is_estimate: bool  # hangs on a delivery that has not happened
    explanation: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What happens if."""

    silent_end: SilentEnd
    refunds: list[RefundPeriod]
    buyer_fees_lost_minor: int
    seller_fees_lost_minor: int
    refund_cost_bearer: str
    fees_explanation: str
    rights: list[Right]


def outlook_to_wire(found: outlook.Outlook, locale: str) -> Outlook:
    """Show what becomes of an order."""
    ending, es = found.ending, locale == "es"
    award = ending.award
    return Outlook(
        SilentEnd(
            ending.state,
            to_text(ending.at) if ending.at else None,
            ending.favours,
            award.refund_minor if award else 0,
            award.seller_minor if award else 0,
            FAVOURS[ending.favours][es],
        ),
        [
            RefundPeriod(
                each.code,
                to_text(each.starts),
                to_text(each.ends) if each.ends else None,
                each.refund_minor,
                each.return_cost,
                each.is_estimate,
                PERIODS[each.code][es],
            )
            for each in found.refunds
        ],
        found.buyer_fees_lost_minor,
        found.seller_fees_lost_minor,
        found.refund_cost_bearer,
        FEES[es],
        [_right(each, es) for each in found.rights],
    )


def _right(each: rights.Right, es: bool) -> Right:
    return Right(
        each.kind,
        list(each.listing_ids),
        to_text(each.opens_at),
        to_text(each.closes_at),
        each.is_estimate,
        each.refund_minor,
        each.return_cost,
        each.answer_days,
        each.send_days,
        each.replace_days,
        each.refund_days,
        RIGHTS[each.kind][es],
    )
