"""What disputes refuse beyond the first errors in model.py."""

from marketplace.disputes.model import EVIDENCE_FOR_APPEAL_MAX, OFFERS_MAX
from marketplace.kit.errors import Conflict, Forbidden, Invalid, Missing


class EvidenceMissing(Missing):
    """No such file in this dispute."""

    code = "evidence_not_found"
    title_en = "There is no such evidence."
    title_es = "No existe esa prueba."


class EvidenceNotUploaded(Conflict):
    """The file was announced and its upload is not there, or is not what was announced."""

    code = "evidence_not_uploaded"
    title_en = "The announced file was not uploaded."
    title_es = "El archivo anunciado no se ha subido."


class EvidenceTooLate(Conflict):
    """After the decision only whoever may appeal shows more, and only for that."""

    code = "evidence_too_late"
    title_en = "It is too late for evidence in this dispute."
    title_es = "Ya no se admiten pruebas en esta disputa."


class AppealEvidenceFull(Conflict):
    """One side has shown as much as it may for an appeal."""

    code = "evidence_full"
    title_en = f"At most {EVIDENCE_FOR_APPEAL_MAX} files a side for an appeal."
    title_es = f"Como máximo {EVIDENCE_FOR_APPEAL_MAX} archivos por parte para un recurso."


class OfferMissing(Missing):
    """No such offer in this dispute."""

    code = "offer_not_found"
    title_en = "There is no such offer."
    title_es = "No existe esa oferta."


class OfferClosed(Conflict):
    """The offer is no longer open: it ran out, or somebody ended it; `state` says which."""

    code = "offer_closed"
    title_en = "This offer is no longer open."
    title_es = "Esta oferta ya no está abierta."


class OfferOpen(Conflict):
    """This side has an open offer; withdraw it first."""

    code = "offer_open"
    title_en = "You have an open offer. Withdraw it before making another one."
    title_es = "Tienes una oferta abierta. Retírala antes de hacer otra."


class OwnOffer(Forbidden):
    """An offer is accepted and declined by the other side, and withdrawn by its own."""

    code = "own_offer"
    title_en = "The other side answers this offer."
    title_es = "Esta oferta la responde la otra parte."


class AgreementHeld(Conflict):
    """The fraud rules hold this order: what pays the seller waits for a person; everything back does not."""

    code = "agreement_held"
    title_en = "A person still has to look at this order. Until then you can only agree on a full refund."
    title_es = "Una persona tiene que revisar este pedido. Hasta entonces solo podéis acordar el reembolso completo."


class TooManyOffers(Conflict):
    """Enough was offered; the marketplace decides."""

    code = "too_many_offers"
    title_en = f"At most {OFFERS_MAX} offers a side in one dispute."
    title_es = f"Como máximo {OFFERS_MAX} ofertas por parte en una disputa."


class DisputeMoved(Conflict):
    """Somebody acted in this dispute at the same moment."""

    code = "dispute_moved"
    title_en = "Somebody else acted in this dispute at the same moment. Look again."
    title_es = "Alguien actuó en esta disputa al mismo tiempo. Vuelve a mirarla."


class ClauseUnknown(Invalid):
    """A decision names a clause of the published policy."""

    code = "clause_unknown"
    title_en = "There is no such clause in the dispute policy."
    title_es = "No existe esa cláusula en la política de disputas."


class LinesDoNotSum(Invalid):
    """What is said line by line must be within the lines and sum to the refund."""

    code = "lines_do_not_sum"
    title_en = "The lines do not sum to the refund."
    title_es = "Las líneas no suman el reembolso."


class DecisionOutdated(Conflict):
    """A refund or a bank changed what is left of the order since the decision was proposed."""

    code = "decision_outdated"
    title_en = "The order's money has changed since this was proposed. Look at the case again."
    title_es = "El dinero del pedido ha cambiado desde esta propuesta. Vuelve a examinar el caso."


class DecisionProposed(Conflict):
    """A decision above the limit of one person waits for the second."""

    code = "decision_proposed"
    title_en = "A decision is proposed already and waits for a second person."
    title_es = "Ya hay una resolución propuesta que espera a una segunda persona."


class SecondPersonNeeded(Forbidden):
    """So much money is decided by two."""

    code = "second_person_needed"
    title_en = "A decision about so much money needs two people."
    title_es = "Una resolución sobre tanto dinero necesita dos personas."


class AppealTooLate(Conflict):
    """The time for an appeal is over, or the money went where an appeal cannot follow; `until` says when it ended."""

    code = "appeal_too_late"
    title_en = "This decision can no longer be appealed."
    title_es = "Esta resolución ya no se puede recurrir."


class AppealTwice(Conflict):
    """A side appeals once, and nobody does once an appeal was answered."""

    code = "appeal_twice"
    title_en = "This dispute was appealed already."
    title_es = "Esta disputa ya se ha recurrido."


class NothingToAppeal(Conflict):
    """There is no decision that a person could appeal."""

    code = "nothing_to_appeal"
    title_en = "There is no decision to appeal."
    title_es = "No hay ninguna resolución que recurrir."


class AcceptedAlready(Conflict):
    """Whoever accepted a decision does not appeal it."""

    code = "accepted_already"
    title_en = "You have accepted this decision."
    title_es = "Ya has aceptado esta resolución."


class WonAlready(Forbidden):
    """Whoever got what they asked for neither appeals nor accepts on the other side's behalf."""

    code = "won_already"
    title_en = "The decision gave you what you asked for."
    title_es = "La resolución te dio lo que pedías."


class NewEvidenceNeeded(Conflict):
    """An appeal rests on something that the first decision could not know."""

    code = "new_evidence_needed"
    title_en = "An appeal needs a file that the decision did not know, uploaded since."
    title_es = "Un recurso necesita un archivo que la resolución no conocía, subido después."


class SameModerator(Forbidden):
    """An appeal is decided by somebody who had no part in the first decision."""

    code = "same_moderator"
    title_en = "Somebody who did not decide before must decide the appeal."
    title_es = "El recurso debe resolverlo alguien que no decidió antes."


class ClaimNeedsEvidence(Conflict):
    """This buyer claims unusually often: each claim begins with uploaded evidence."""

    code = "claim_needs_evidence"
    title_en = "Upload evidence before you open this dispute."
    title_es = "Sube una prueba antes de abrir esta disputa."


class ReasonUnfit(Invalid):
    """This reason does not fit an order in this state."""

    code = "reason_unfit"
    title_en = "This reason does not fit the order as it stands."
    title_es = "Este motivo no corresponde al estado del pedido."


class MessageRefused(Invalid):
    """Addresses, telephone numbers and account numbers are not passed on; `fields` says what was found."""

    code = "message_refused"
    title_en = "Messages must not contain contact or payment details."
    title_es = "Los mensajes no deben contener datos de contacto ni de pago."


class MessagesFull(Conflict):
    """Enough was said; the marketplace decides."""

    code = "messages_full"
    title_en = "You have written as many messages as one side may in a dispute."
    title_es = "Has escrito el máximo de mensajes por parte en una disputa."


class AudienceRefused(Forbidden):
    """A party writes to both sides or to the staff; notes among staff are the staff's."""

    code = "audience_refused"
    title_en = "You cannot write to this audience."
    title_es = "No puedes escribir a estos destinatarios."


class ClaimLimitMissing(Missing):
    """This buyer's claims are not limited."""

    code = "claim_limit_not_found"
    title_en = "There is no limit on these claims."
    title_es = "No hay ningún límite sobre estas reclamaciones."


class ClaimAppealOnce(Conflict):
    """A limit is appealed once."""

    code = "claim_appeal_once"
    title_en = "This limit was appealed already."
    title_es = "Este límite ya se ha recurrido."
