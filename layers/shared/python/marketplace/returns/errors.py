"""What can go wrong with a return."""

from marketplace.kit.errors import Conflict, Invalid, Missing


class ReturnMissing(Missing):
    """No such return, or the caller is no party to it."""

    code = "return_not_found"
    title_en = "There is no such return."
    title_es = "No existe esa devolución."


class ReturnRefused(Conflict):
    """The return does not allow this in its present state."""

    code = "return_transition_refused"
    title_en = "The return does not allow this now."
    title_es = "La devolución no permite esto ahora."


class ReturnNotAllowed(Conflict):
    """Neither the law nor the listing's terms give the right to return this; facts say which line, and why."""

    code = "return_not_allowed"
    title_en = "This cannot be returned: the time is over, or the law or the listing excludes it."
    title_es = "Esto no se puede devolver: ha pasado el plazo, o la ley o el anuncio lo excluyen."


class PaidByBank(Conflict):
    """A bank gave the buyer back all that there was: goods that came back now would be paid for by nobody."""

    code = "paid_by_bank"
    title_en = "The buyer's bank gave this payment back: nothing of it is left to refund."
    title_es = "El banco del comprador devolvió este pago: no queda nada que reembolsar."


class AlreadyReturned(Conflict):
    """Every piece is returned once at most."""

    code = "already_returned"
    title_en = "More pieces than are left to return."
    title_es = "Son más unidades de las que quedan por devolver."


class ReturnsMoved(Conflict):
    """Another return of this order was opened or ended at the same moment."""

    code = "returns_moved"
    title_en = "The order's returns changed a moment ago. Try again."
    title_es = "Las devoluciones del pedido acaban de cambiar. Inténtalo de nuevo."


class ReturnLinesInvalid(Invalid):
    """The lines are not of this order; `fields` says which."""

    code = "return_lines_invalid"
    title_en = "These lines are not part of the order."
    title_es = "Esas líneas no son del pedido."


class DeductionInvalid(Invalid):
    """A deduction is between nothing and what would be refunded, and has reasons."""

    code = "deduction_invalid"
    title_en = "A deduction needs reasons and cannot exceed the refund."
    title_es = "Un descuento necesita motivos y no puede superar el reembolso."


class TooManyReturns(Conflict):
    """The order has had as many returns as it may."""

    code = "too_many_returns"
    title_en = "This order has had too many returns."
    title_es = "Este pedido ya ha tenido demasiadas devoluciones."


class ClaimNotAllowed(Conflict):
    """The legal guarantee does not cover this; facts say why."""

    code = "claim_not_allowed"
    title_en = "The legal guarantee does not cover this here: see the reason. A dispute may."
    title_es = "La garantía legal no cubre esto aquí: mira el motivo. Quizá una disputa sí."


class ClaimRejectedBefore(Conflict):
    """Somebody of the marketplace decided against a claim about this; another needs another lack and new evidence."""

    code = "claim_rejected_before"
    title_en = "A claim about this was decided against: say what else it lacks, and show something new."
    title_es = "Ya se resolvió en contra de una reclamación sobre esto: indica qué otra falta hay y muestra algo nuevo."


class RemedyInvalid(Invalid):
    """Not a remedy that can be asked for or given now; `fields` says why."""

    code = "remedy_invalid"
    title_en = "That remedy cannot be asked for or given like this."
    title_es = "Esa solución no se puede pedir ni dar así."


class RepairRestocked(Invalid):
    """What is mended goes back to its buyer: it is not for sale."""

    code = "repair_restocked"
    title_en = "What you repair goes back to the buyer: it cannot be put on sale."
    title_es = "Lo que reparas vuelve al comprador: no se puede poner a la venta."


class ReplacementOutOfStock(Conflict):
    """There are not enough of them to replace what comes back."""

    code = "replacement_out_of_stock"
    title_en = "There are not enough in stock to replace it: offer another remedy."
    title_es = "No quedan suficientes para sustituirlo: ofrece otra solución."


class NothingToSendBack(Conflict):
    """A settlement asks for the goods back where there are none that could travel."""

    code = "nothing_to_send_back"
    title_en = "There is nothing in this order that could be sent back."
    title_es = "En este pedido no hay nada que se pueda devolver."
