"""Exchanges, repairs and replacements: goods go back, and the same goods, mended or new, come for them.

The pieces to be sent are taken from what is on sale when the seller agrees, so that nobody buys them meanwhile.
Whoever is silent loses nothing that is theirs: a silent seller pays back, and a silent buyer keeps the goods.
"""

from collections.abc import Mapping

from marketplace.orders.model import BUYER, CARRIER, OPERATOR, SELLER, SYSTEM
from marketplace.returns.model import Outcome
from marketplace.returns.process_table import Does, Stocked, Transition, Wait

EXCHANGE_ANSWER_DAYS = 3
SWAP_SEND_DAYS = 14  # as long as Directive 2011/83/EU, article 14(1) gives for sending back
SWAP_RECEIPT_DAYS = 14
MISSING_DAYS = 7  # with these the longest claim still ends before its order stops waiting for it
REPLACE_DAYS = 14  # "within a reasonable time", Directive (EU) 2019/771, article 14(1)(b)
ARRIVAL_DAYS = 14
PROOF_DAYS = 14

ASKED, TO_SEND, SENT_BACK, REPLACING = "exchange_asked", "to_send", "sent_back", "replacing"
GOODS_MISSING = "goods_missing"  # the seller says that nothing came back
ON_ITS_WAY, UNPROVEN = "replacement_sent", "replacement_unproven"
REPAIRED = "accept_repair"  # what both agreed on when the same piece comes again

STATES: Mapping[str, Wait] = {
    ASKED: Wait(
        "exchange_unanswered",
        EXCHANGE_ANSWER_DAYS,
        "The seller does not answer in time: the exchange becomes a return, and the price comes back for the goods.",
        "El vendedor no responde a tiempo: el cambio pasa a ser una devolución y se reembolsa el precio.",
    ),
    TO_SEND: Wait(
        "swap_lapses",
        SWAP_SEND_DAYS,
        "Not sent back in time: nothing is exchanged or mended, and what was reserved goes back on sale.",
        "Sin envío de vuelta a tiempo: no se cambia ni repara nada y lo reservado vuelve a la venta.",
    ),
    SENT_BACK: Wait(
        "swap_receipt_overdue",
        SWAP_RECEIPT_DAYS,
        "The seller says nothing about the goods in time: the buyer is refunded instead.",
        "El vendedor no dice nada de los artículos a tiempo: se reembolsa al comprador en su lugar.",
    ),
    GOODS_MISSING: Wait(
        "missing_undecided",
        MISSING_DAYS,
        "The marketplace does not decide in time whether the goods came back: the buyer is refunded instead.",
        "El mercado no decide a tiempo si los artículos volvieron: se reembolsa al comprador en su lugar.",
        human_queue=True,
    ),
    REPLACING: Wait(
        "replacement_overdue",
        REPLACE_DAYS,
        "The seller sends nothing for it in time: the buyer is refunded instead.",
        "El vendedor no envía nada a cambio a tiempo: se reembolsa al comprador en su lugar.",
    ),
    ON_ITS_WAY: Wait(
        "replacement_not_proven",
        ARRIVAL_DAYS,
        "Nothing shows in time that it arrived: a person looks, and nothing is released meanwhile.",
        "Nada demuestra a tiempo que llegó: lo revisa una persona y mientras tanto no se libera nada.",
    ),
    UNPROVEN: Wait(
        "never_replaced",
        PROOF_DAYS,
        "It was never shown to have arrived: the buyer is refunded instead.",
        "Nunca se demostró que llegara: se reembolsa al comprador en su lugar.",
        human_queue=True,
    ),
}

_BACK = (Does.REFUND, Outcome.REFUNDED)
_ARRIVED = (None, Outcome.REPLACED)


def swaps(returned: str, ended: str) -> tuple[Transition, ...]:
    """Return the table; `returned` is where a return begins whose goods travel, `ended` the end."""
    kept = (Does.LET_GO, Outcome.CANCELLED)
    lapsed = (Does.LET_GO, Outcome.NOT_SENT)
    return (
        Transition("accept_exchange", ASKED, TO_SEND, (SELLER,), stock=Stocked.RESERVE),
        *(Transition(name, ASKED, returned, (SELLER,)) for name in ("decline_exchange", "out_of_stock")),
        Transition("exchange_unanswered", ASKED, returned, (SYSTEM,)),
        Transition("cancel", ASKED, ended, (BUYER,), *kept),
        Transition("send_back", TO_SEND, SENT_BACK, (BUYER,)),
        *(Transition("receive_swap", each, REPLACING, (SELLER,)) for each in (TO_SEND, SENT_BACK, GOODS_MISSING)),
        Transition("cancel", TO_SEND, ended, (BUYER,), *kept, Stocked.FREE),
        Transition("swap_lapses", TO_SEND, ended, (SYSTEM,), *lapsed, Stocked.FREE),
        *(Transition("arrive_back", each, REPLACING, (CARRIER,)) for each in (SENT_BACK, GOODS_MISSING)),
        # A number that the buyer names proves nothing: a seller who says so has it looked at before they pay.
        Transition("report_missing", SENT_BACK, GOODS_MISSING, (SELLER,)),
        Transition("attest_return", GOODS_MISSING, REPLACING, (OPERATOR,)),
        Transition("not_sent_back", GOODS_MISSING, ended, (OPERATOR,), *lapsed, Stocked.FREE),
        Transition("missing_undecided", GOODS_MISSING, ended, (SYSTEM,), *_BACK, Stocked.FREE),
        Transition("swap_receipt_overdue", SENT_BACK, ended, (SYSTEM,), *_BACK, Stocked.FREE),
        Transition("send_replacement", REPLACING, ON_ITS_WAY, (SELLER,)),
        Transition("refund_instead", REPLACING, ended, (SELLER,), *_BACK, Stocked.FREE),
        Transition("replacement_overdue", REPLACING, ended, (SYSTEM,), *_BACK, Stocked.FREE),
        *(Transition("arrive", each, ended, (CARRIER,), *_ARRIVED) for each in (ON_ITS_WAY, UNPROVEN)),
        *(Transition("confirm_replacement", each, ended, (BUYER,), *_ARRIVED) for each in (ON_ITS_WAY, UNPROVEN)),
        Transition("go_astray", ON_ITS_WAY, UNPROVEN, (CARRIER,)),
        Transition("replacement_not_proven", ON_ITS_WAY, UNPROVEN, (SYSTEM,)),
        Transition("attest_replacement", UNPROVEN, ended, (OPERATOR,), *_ARRIVED),
        Transition("refund_lost", UNPROVEN, ended, (OPERATOR,), *_BACK),
        Transition("never_replaced", UNPROVEN, ended, (SYSTEM,), *_BACK),
        *(_superseded(each, ended, Stocked.FREE) for each in (TO_SEND, SENT_BACK, GOODS_MISSING, REPLACING)),
        *(_superseded(each, ended) for each in (ASKED, ON_ITS_WAY, UNPROVEN)),
    )


def _superseded(source: str, ended: str, stock: Stocked | None = None) -> Transition:
    return Transition("supersede", source, ended, (SYSTEM,), Does.LET_GO, Outcome.SUPERSEDED, stock)
