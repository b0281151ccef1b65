"""What account holders are told when the marketplace's staff decided about their account, or looked at it."""

from marketplace.notifications.model import ACCOUNT
from marketplace.notifications.wording import BOTH, Template, Wording

_STANDING, _SESSIONS = "/account/standing", "/account/sessions"

STAFF = (
    Template(
        "account.account_suspended",
        ACCOUNT,
        BOTH,
        Wording(
            "Your account was suspended",
            "Your sessions were ended, your listings are not for sale, and your payouts wait; orders that are running "
            "go on. A person decided this, not a machine. Sign in to read on which rule, for which reasons, and to "
            "appeal: somebody else will decide about that.",
        ),
        Wording(
            "Se ha suspendido tu cuenta",
            "Se han cerrado tus sesiones, tus anuncios no están a la venta y tus cobros esperan; los pedidos en curso "
            "siguen adelante. Lo ha decidido una persona, no una máquina. Inicia sesión para leer por qué norma y por "
            "qué motivos, y para reclamar: resolverá otra persona.",
        ),
        _STANDING,
    ),
    Template(
        "account.selling_suspended",
        ACCOUNT,
        BOTH,
        Wording(
            "Your selling was suspended",
            "Your listings are not for sale and your payouts wait; you can still buy, and orders that are running go "
            "on. A person decided this, not a machine. Read in your account on which rule and for which reasons, and "
            "how to appeal: somebody else will decide about that.",
        ),
        Wording(
            "Se han suspendido tus ventas",
            "Tus anuncios no están a la venta y tus cobros esperan; puedes seguir comprando y los pedidos en curso "
            "siguen adelante. Lo ha decidido una persona, no una máquina. Lee en tu cuenta por qué norma y por qué "
            "motivos, y cómo reclamar: resolverá otra persona.",
        ),
        _STANDING,
    ),
    Template(
        "account.account_reinstated",
        ACCOUNT,
        BOTH,
        Wording(
            "The suspension was lifted",
            "You can use your account as before. The decision and its reasons are in your account.",
        ),
        Wording(
            "Se ha levantado la suspensión",
            "Puedes usar tu cuenta como antes. La decisión y sus motivos están en tu cuenta.",
        ),
        _STANDING,
    ),
    Template(
        "account.appeal_received",
        ACCOUNT,
        BOTH,
        Wording(
            "We received your appeal",
            "Somebody who did not take the decision will judge it, and you will read the reasons.",
        ),
        Wording(
            "Hemos recibido tu reclamación",
            "La resolverá una persona que no tomó la decisión, y podrás leer los motivos.",
        ),
        _STANDING,
    ),
    Template(
        "account.appeal_rejected",
        ACCOUNT,
        BOTH,
        Wording(
            "Your appeal was rejected",
            "The suspension stands. Your account says why, and to whom else you can turn.",
        ),
        Wording(
            "Tu reclamación ha sido rechazada",
            "La suspensión se mantiene. En tu cuenta consta el motivo y a quién más puedes acudir.",
        ),
        _STANDING,
    ),
    Template(
        "account.role_granted",
        ACCOUNT,
        BOTH,
        Wording(
            "You now act for Aval",
            "An administrator gave your account a role. It counts only in sessions that showed a second factor. If you "
            "do not expect this, write to us at once.",
        ),
        Wording(
            "Ahora actúas en nombre de Aval",
            "Una persona que administra ha dado una función a tu cuenta. Solo vale en sesiones que mostraron un "
            "segundo factor. Si no lo esperabas, escríbenos enseguida.",
        ),
        _STANDING,
    ),
    Template(
        "account.role_removed",
        ACCOUNT,
        BOTH,
        Wording(
            "A role was taken from your account",
            "Your account no longer has one of its roles, and its sessions were ended. Sign in again.",
        ),
        Wording(
            "Se ha retirado una función a tu cuenta",
            "Tu cuenta ya no tiene una de sus funciones y se han cerrado sus sesiones. Vuelve a iniciar sesión.",
        ),
        _STANDING,
    ),
    Template(
        "account.support_viewed",
        ACCOUNT,
        BOTH,
        Wording(
            "Support is looking at your account",
            "For a case that you or somebody else opened, support may read for fifteen minutes what you see, except "
            "messages and secrets. It can change nothing and move no money. You can end it at once in your list of "
            "sessions.",
        ),
        Wording(
            "Soporte está consultando tu cuenta",
            "Por un caso que abriste tú u otra persona, soporte puede leer durante quince minutos lo que tú ves, "
            "salvo mensajes y secretos. No puede cambiar nada ni mover dinero. Puedes terminarlo al instante en tu "
            "lista de sesiones.",
        ),
        _SESSIONS,
    ),
)
