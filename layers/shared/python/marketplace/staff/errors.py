"""What staff is refused."""

from marketplace.kit.errors import Conflict, Forbidden, Invalid, Missing


class ProposalMissing(Missing):
    """No such proposal."""

    code = "proposal_not_found"
    title_en = "There is no such proposal."
    title_es = "No existe esa propuesta."


class OwnProposal(Forbidden):
    """Two people decide, or it is not decided."""

    code = "own_proposal"
    title_en = "You proposed this; somebody else must approve it."
    title_es = "Lo has propuesto tú; debe aprobarlo otra persona."


class ProposalDecided(Conflict):
    """Somebody else approved or declined it first."""

    code = "proposal_decided"
    title_en = "This proposal is already decided."
    title_es = "Esta propuesta ya está decidida."


class ProposalExpired(Conflict):
    """Nobody approved it in time; what was right a week ago may not be now."""

    code = "proposal_expired"
    title_en = "This proposal is too old. Propose it again."
    title_es = "Esta propuesta ha caducado. Vuelve a proponerla."


class ProposalDiffers(Conflict):
    """The same matter was proposed with other facts."""

    code = "proposal_differs"
    title_en = "The same was proposed with other facts. Decline that proposal first."
    title_es = "Lo mismo se propuso con otros datos. Rechaza antes esa propuesta."


class ReasonsNeeded(Invalid):
    """Every act of staff says why."""

    code = "reasons_needed"
    title_en = "Say why."
    title_es = "Indica el motivo."

    def __init__(self) -> None:
        super().__init__(fields={"reasons": "empty"})


class NoSelfService(Forbidden):
    """Nobody gives a role to themselves, or takes one from themselves."""

    code = "own_role"
    title_en = "Nobody changes their own roles."
    title_es = "Nadie cambia sus propias funciones."


class RosterDiffers(Conflict):
    """Somebody changed the same roles at the same moment."""

    code = "roster_differs"
    title_en = "Somebody changed these roles just now. Look again."
    title_es = "Alguien acaba de cambiar estas funciones. Vuelve a mirarlas."


class RolesMoved(Conflict):
    """Somebody lost a role since this was proposed: two people agree on what they see."""

    code = "roles_moved"
    title_en = "A role of this account was taken away since this was proposed. Propose it again."
    title_es = "A esta cuenta se le retiró una función desde que se propuso. Vuelve a proponerlo."


class LastAdmin(Conflict):
    """Somebody must be able to appoint."""

    code = "last_admin"
    title_en = "This is the last administrator."
    title_es = "Es la última persona que administra."


class ApprovalNeeded(Conflict):
    """Meanwhile there are several administrators, so that a second one must agree."""

    code = "approval_needed"
    title_en = "A second administrator must agree. Try again to propose it."
    title_es = "Otra persona que administra debe estar de acuerdo. Inténtalo de nuevo para proponerlo."


class AlreadySuspended(Conflict):
    """One suspension at a time: lift it, or let it stand."""

    code = "already_suspended"
    title_en = "The account is already suspended."
    title_es = "La cuenta ya está suspendida."


class NotSuspended(Conflict):
    """There is nothing to lift."""

    code = "not_suspended"
    title_en = "The account is not suspended."
    title_es = "La cuenta no está suspendida."


class AppealMade(Conflict):
    """One appeal a suspension."""

    code = "appeal_made"
    title_en = "You have appealed against this already."
    title_es = "Ya has reclamado contra esto."


class NoAppeal(Conflict):
    """There is no appeal that waits."""

    code = "no_appeal"
    title_en = "No appeal waits for a decision."
    title_es = "Ninguna reclamación espera una decisión."


class SameDecider(Forbidden):
    """Whoever suspended does not judge the appeal."""

    code = "same_decider"
    title_en = "You made this decision; somebody else must judge the appeal."
    title_es = "Tomaste esta decisión; otra persona debe resolver la reclamación."


class VisitMissing(Missing):
    """No such visit of yours."""

    code = "visit_not_found"
    title_en = "There is no such visit."
    title_es = "No existe esa visita."


class StaffNotVisited(Forbidden):
    """Nobody looks through a colleague's eyes: their powers are not for lending."""

    code = "staff_not_visited"
    title_en = "The account of somebody of the staff cannot be visited."
    title_es = "No se puede visitar la cuenta de alguien del equipo."
