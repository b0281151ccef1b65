"""What people are told about decisions of any kind: that there is one, and where its reasons stand."""

from marketplace.notifications.model import ACCOUNT
from marketplace.notifications.wording import ONLY_INBOX, Template, Wording

DECISIONS = (
    Template(
        "decision.made",
        ACCOUNT,
        ONLY_INBOX,  # what it changes is told by its own notice, also by mail
        Wording(
            "A decision about you, with its reasons",
            "Something was decided that concerns you. The decision says what it changes and for how long, the rule "
            "and the facts it rests on, whether a person decided, and what you can do about it until when.",
        ),
        Wording(
            "Una decisión que te afecta, con sus motivos",
            "Se ha decidido algo que te afecta. La decisión dice qué cambia y por cuánto tiempo, la norma y los "
            "hechos en que se basa, si decidió una persona, y qué puedes hacer y hasta cuándo.",
        ),
        "/decisions/{decision}",
    ),
)
