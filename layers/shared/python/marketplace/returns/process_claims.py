"""Claims for lack of conformity: repair or replacement first, then a lower price or the end of the contract.

Source: Directive (EU) 2019/771, articles 10 to 16. While the law presumes that the lack was there at delivery, a seller
who does not answer takes the goods back for the whole price; later the buyer has to ask somebody to decide.
"""

from collections.abc import Mapping

from marketplace.orders.model import BUYER, OPERATOR, SELLER, SYSTEM
from marketplace.returns.model import Outcome
from marketplace.returns.process_swaps import TO_SEND
from marketplace.returns.process_table import Does, Stocked, Transition, Wait

CLAIM_ANSWER_DAYS = 14
OFFER_DAYS = 7
ESCALATION_DAYS = 14
CLAIM_REVIEW_DAYS = 30

CLAIMED, CLAIMED_LATE, OFFERED = "claimed", "claimed_late", "remedy_offered"
REFUSED, CLAIM_REVIEW = "claim_refused", "claim_review"

STATES: Mapping[str, Wait] = {
    CLAIMED: Wait(
        "claim_unanswered",
        CLAIM_ANSWER_DAYS,
        "The seller does not answer in time: the goods go back at the seller's cost, and the whole price comes back.",
        "El vendedor no responde a tiempo: los artículos se devuelven a su costa y se reembolsa todo el precio.",
    ),
    CLAIMED_LATE: Wait(
        "late_claim_unanswered",
        CLAIM_ANSWER_DAYS,
        "The seller does not answer in time: that counts as a refusal, and the buyer can ask for a decision.",
        "El vendedor no responde a tiempo: cuenta como negativa y el comprador puede pedir una resolución.",
    ),
    OFFERED: Wait(
        "offer_lapses",
        OFFER_DAYS,
        "The buyer does not take the offered remedy in time: it lapses, and the buyer can ask for a decision.",
        "El comprador no acepta a tiempo lo ofrecido: caduca y el comprador puede pedir una resolución.",
    ),
    REFUSED: Wait(
        "refusal_stands",
        ESCALATION_DAYS,
        "The buyer asks for no decision in time: the claim ends, and nothing is refunded for it.",
        "El comprador no pide una resolución a tiempo: la reclamación termina y no se reembolsa nada por ella.",
    ),
    CLAIM_REVIEW: Wait(
        "claim_undecided",
        CLAIM_REVIEW_DAYS,
        "The marketplace does not decide in time: the goods go back at the seller's cost for the whole price.",
        "El mercado no decide a tiempo: los artículos se devuelven a costa del vendedor por todo el precio.",
        human_queue=True,
    ),
}

_REDUCED = (Does.REFUND, Outcome.REDUCED)
_REJECTED = (Does.LET_GO, Outcome.REJECTED)


def claims(returned: str, ended: str) -> tuple[Transition, ...]:
    """Return the table; `returned` is where a return begins whose goods travel, `ended` the end."""
    waiting = (CLAIMED, CLAIMED_LATE)
    return (
        *(row for each in waiting for row in _accepted(each, SELLER, returned, ended)),
        *(Transition("offer_remedy", each, OFFERED, (SELLER,)) for each in waiting),
        *(Transition("refuse_claim", each, REFUSED, (SELLER,)) for each in waiting),
        Transition("claim_unanswered", CLAIMED, returned, (SYSTEM,)),
        Transition("late_claim_unanswered", CLAIMED_LATE, REFUSED, (SYSTEM,)),
        *_accepted(OFFERED, BUYER, returned, ended),
        Transition("decline_offer", OFFERED, REFUSED, (BUYER,)),
        Transition("offer_lapses", OFFERED, REFUSED, (SYSTEM,)),
        # While the order runs its money is divided by a dispute; after its end a moderator decides the claim itself.
        Transition("open_dispute", REFUSED, ended, (BUYER,), Does.LET_GO, Outcome.SUPERSEDED),
        Transition("ask_decision", REFUSED, CLAIM_REVIEW, (BUYER,)),
        Transition("refusal_stands", REFUSED, ended, (SYSTEM,), *_REJECTED),
        Transition("decide_termination", CLAIM_REVIEW, returned, (OPERATOR,)),
        Transition("decide_reduction", CLAIM_REVIEW, ended, (OPERATOR,), *_REDUCED),
        Transition("decide_rejection", CLAIM_REVIEW, ended, (OPERATOR,), *_REJECTED),
        Transition("claim_undecided", CLAIM_REVIEW, returned, (SYSTEM,)),
        *(
            Transition("cancel", each, ended, (BUYER,), Does.LET_GO, Outcome.CANCELLED)
            for each in (*waiting, OFFERED, REFUSED)
        ),
        *(Transition("supersede", each, ended, (SYSTEM,), Does.LET_GO, Outcome.SUPERSEDED) for each in STATES),
    )


def _accepted(source: str, actor: str, returned: str, ended: str) -> tuple[Transition, ...]:
    """Return what agreeing on each remedy means: one says what is wanted or offered, the other agrees."""
    return (
        Transition("accept_repair", source, TO_SEND, (actor,)),
        Transition("accept_replacement", source, TO_SEND, (actor,), stock=Stocked.RESERVE),
        Transition("accept_reduction", source, ended, (actor,), *_REDUCED),
        Transition("accept_termination", source, returned, (actor,)),
    )
