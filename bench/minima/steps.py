"""Steps that several flows share, with what they take beyond the least."""

from bench.minima.words import Part, Parts, beyond, read, tx


def told(people: int) -> Parts:
    """Tell so many people in their inbox."""
    return (Part("line of the inbox", people, 2 * people), *beyond(inbox=(0, 2 * people)))


def mailed(people: int) -> Parts:
    """Tell so many people in their inbox and by mail."""
    return (
        Part("address; line and claim; mail sent", 3 * people, 6 * people),
        *beyond(inbox=(0, 2 * people), claimed=people),
    )


def mail_alone(people: int) -> Parts:
    """Tell so many people by mail alone."""
    return (Part("address; claim; mail sent", 3 * people, 4 * people),)


def hint(reads: int) -> Parts:
    """Receive a webhook after which there is nothing left to do."""
    return beyond(hint=(1 + reads, 4))


def unfollowed(webhooks: int) -> Parts:
    """Receive so many webhooks of kinds that nothing follows."""
    return beyond(unfollowed=(webhooks, 4 * webhooks))


SESSION = read("session with its account")
WEBHOOK = tx("Stripe's event, event")
WOKEN = read("token of the execution that waits")
LOOK = read("order: where it stands by now")
WAIT = Part("token of the next wait; the order once more, as it may have moved before", 2, 1)
LEAVES = tx("5 x condition, intent let go")  # four switches and the standing, right before the call
FRESH = read("balance, standing, switch of the order: as they are behind the call")
REFUNDED = (
    LOOK,
    read("intents, payment"),
    tx("ledger entry, order ended, log, event, intent ended"),
    *beyond(apart=1, again=1, nobody=1),
)
CONFIRMED = (
    SESSION,
    read("order"),
    read("what the screening said"),
    tx("order moved, log, event, counter"),
    *beyond(answer=1),
)
CASE_KNOWN = (read("case, payment, whose turn it is"), *beyond(apart=2))
ANSWERED_FROM_THE_RECORD = (
    read("log and ledger of the order; what the buyer bought before", 3),
    read("the buyer's account, and what they asked for"),
    tx("large case moved"),
    tx("large case moved, event"),
    WEBHOOK,
    *CASE_KNOWN,
    read("orders"),
    tx("large case noted"),
)
SWEEP_QUESTIONS = read("queues of what is due, one Query each", 15)
SWEEP_COUNTS = 5
RUN_COUNTS = 2
RUN_QUESTIONS = read("eight shards of due balances; open, in transit, stopped", 11)
PAYEE = (
    read("balance, standing, debt, account, profile, cooling, switches"),
    read("reserve, holds, what clears", 3),
    *beyond(apart=4),
)
A_MINUTE = beyond(minute=SWEEP_QUESTIONS.trips - 1 + SWEEP_COUNTS)
