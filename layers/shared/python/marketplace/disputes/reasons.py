"""Why a dispute may be opened: who may say it, in which states, and which evidence shows it. Published.

What is missing is shown beside the dispute; it never keeps anybody from opening one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.disputes.model import Dispute
from marketplace.orders.model import BUYER, DIGITAL, GOODS, SELLER, SERVICE

PHOTO, TRACKING, SNAPSHOT, MESSAGE, OTHER = "photo", "tracking", "listing_snapshot", "message", "other"
EVIDENCE_KINDS = (PHOTO, TRACKING, SNAPSHOT, MESSAGE, OTHER)
_ANYTHING = (GOODS, SERVICE, DIGITAL)
_ON_THE_WAY = frozenset({"shipped", "reported_done", "delivery_unproven"})
_ARRIVED = frozenset({"delivered", "held", "return_open"})


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `code` is stable."""

    code: str
    en: str
    es: str
    buyer_shows: tuple[str, ...]  # kinds of evidence
    seller_shows: tuple[str, ...]
    states: frozenset[str] = _ON_THE_WAY | _ARRIVED
    fulfilments: tuple[str, ...] = _ANYTHING
    opened_by: str = BUYER  # or "system"

    def missing(self, dispute: Dispute, side: str) -> list[str]:
        """Name the kinds of evidence that this side has not uploaded yet."""
        wanted = self.buyer_shows if side == BUYER else self.seller_shows
        shown = {each.kind for each in dispute.evidence if each.by == side and each.uploaded_at}
        return [kind for kind in wanted if kind not in shown]


_ALL = (
    Reason(
        "not_received",
        "It never arrived",
        "Nunca llegó",
        (MESSAGE,),
        (TRACKING,),
        states=_ON_THE_WAY | {"delivered", "held"},  # a carrier may be wrong about a delivery
    ),
    Reason(
        "not_as_described",
        "It is not what the listing said",
        "No es lo que decía el anuncio",
        (PHOTO, SNAPSHOT),
        (SNAPSHOT, PHOTO),
    ),
    Reason("damaged", "It is damaged or does not work", "Está dañado o no funciona", (PHOTO,), (PHOTO, TRACKING)),
    Reason("counterfeit", "It is not genuine", "No es auténtico", (PHOTO, SNAPSHOT), (PHOTO,), fulfilments=(GOODS,)),
    Reason("incomplete", "Something is missing", "Falta algo", (PHOTO,), (SNAPSHOT,)),
    Reason(
        "not_done", "The service was not done", "El servicio no se hizo", (MESSAGE,), (PHOTO,), fulfilments=(SERVICE,)
    ),
    Reason("other", "Something else", "Otro motivo", (MESSAGE,), (MESSAGE,)),
    Reason(
        "charged_back",
        "A bank gave back a payment, and the rest is to be divided",
        "Un banco devolvió un pago y hay que repartir el resto",
        (),
        (TRACKING,),
        opened_by="system",
    ),
    Reason(
        "return_unfinished",
        "A return was not finished in time",
        "Una devolución no se terminó a tiempo",
        (TRACKING,),
        (PHOTO,),
        opened_by="system",
    ),
)
REASON_OF: Mapping[str, Reason] = {each.code: each for each in _ALL}
OPENABLE = tuple(each.code for each in _ALL if each.opened_by == BUYER)


def fits(code: str, state: str, fulfilment: str) -> bool:
    """Say whether a buyer may open a dispute for this reason about an order in this state."""
    reason = REASON_OF[code]
    return reason.opened_by == BUYER and state in reason.states and fulfilment in reason.fulfilments


def checklist(dispute: Dispute) -> Mapping[str, list[str]]:
    """Return what each side has still to show."""
    reason = REASON_OF[dispute.reason]
    return {side: reason.missing(dispute, side) for side in (BUYER, SELLER)}
