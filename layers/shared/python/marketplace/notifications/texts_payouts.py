"""What sellers are told about their money on its way to the bank."""

from marketplace.notifications.model import SELLER
from marketplace.notifications.wording import BOTH, ONLY_INBOX, Template, Wording

PAYOUTS_PATH = "/payouts"

PAYOUTS = (
    Template(
        "payout.paid",
        SELLER,
        ONLY_INBOX,
        Wording(
            "We paid out {amount}",
            "{amount} reached your bank. The payout shows every order that is in it, to the cent.",
        ),
        Wording(
            "Hemos pagado {amount}",
            "{amount} ha llegado a tu banco. El pago muestra cada pedido que contiene, al céntimo.",
        ),
        PAYOUTS_PATH,
    ),
    Template(
        "payout.failed",
        SELLER,
        BOTH,
        Wording(
            "Your bank did not take a payout of {amount}",
            "{reason} The money is back in your balance, and nothing is lost. We try again {until}; if your bank "
            "account changed, correct it at Stripe before.",
        ),
        Wording(
            "Tu banco no aceptó un pago de {amount}",
            "{reason} El dinero vuelve a estar en tu saldo y nada se ha perdido. Lo intentaremos de nuevo {until}; si "
            "tu cuenta bancaria cambió, corrígela antes en Stripe.",
        ),
        PAYOUTS_PATH,
    ),
    Template(
        "payout.held",
        SELLER,
        BOTH,
        Wording("A payout of {amount} waits", "{hold} It ends {until}."),
        Wording("Un pago de {amount} espera", "{hold} Termina {until}."),
        PAYOUTS_PATH,
    ),
    Template(
        "payout.hold_placed",
        SELLER,
        BOTH,
        Wording(
            "Your payouts are on hold",
            "{hold} It ends {until}. Your balance shows the reasons, and how to answer them.",
        ),
        Wording(
            "Tus pagos están retenidos",
            "{hold} Termina {until}. Tu saldo muestra los motivos y cómo responder.",
        ),
        PAYOUTS_PATH,
    ),
    Template(
        "payout.hold_ended",
        SELLER,
        BOTH,
        Wording("Your payouts go on", "A hold on your payouts was lifted. They go on at your next payout date."),
        Wording("Tus pagos continúan", "Se levantó una retención de tus pagos. Continúan en tu próxima fecha de pago."),
        PAYOUTS_PATH,
    ),
    Template(
        "payout.bank_changed",
        SELLER,
        BOTH,
        Wording(
            "Your bank account was changed",
            "Payouts now go to another bank account, and wait three days first. If this was not you, change your "
            "password at once and write to us: nothing leaves before the three days are over.",
        ),
        Wording(
            "Se cambió tu cuenta bancaria",
            "Los pagos van ahora a otra cuenta bancaria y antes esperan tres días. Si no fuiste tú, cambia tu "
            "contraseña enseguida y escríbenos: nada sale antes de que pasen los tres días.",
        ),
        PAYOUTS_PATH,
        disowns=True,
    ),
    Template(
        "seller.debt_collected",
        SELLER,
        BOTH,
        Wording(
            "We take {amount} of what you owe from your Stripe account",
            "You have owed it for more than two weeks after a refund or a chargeback, and no later sale has paid it. "
            "It comes out of what order {order} brought; its earnings and your statement show the entry.",
        ),
        Wording(
            "Cobramos {amount} de lo que debes de tu cuenta de Stripe",
            "Lo debías desde hace más de dos semanas tras un reembolso o un contracargo y ninguna venta posterior lo "
            "ha pagado. Sale de lo que trajo el pedido {order}; sus ingresos y tu extracto muestran el asiento.",
        ),
        "/statements",
    ),
    Template(
        "seller.debt_written_off",
        SELLER,
        BOTH,
        Wording(
            "You no longer owe us {amount}",
            "Two people of the marketplace wrote this off. Your earnings no longer pay it; your statement shows the "
            "entry, and the decision says why.",
        ),
        Wording(
            "Ya no nos debes {amount}",
            "Dos personas del mercado lo condonaron. Tus ingresos ya no lo pagan; tu extracto muestra el asiento y la "
            "decisión explica el motivo.",
        ),
        "/statements",
    ),
)
