"""What account holders are told when the safety of their account changed: one notice for each kind that notifies.

Made from the table of kinds, so that no kind can notify without words. A notice written by hand elsewhere wins.
"""

from marketplace.notifications.model import ACCOUNT
from marketplace.notifications.wording import BOTH, ONLY_MAIL, Template, Wording
from marketplace.security.kinds import KINDS, Kind

PATH, RESET_PATH = "/account/security", "/reset"

_YOURS_EN = (
    "If it was you, there is nothing to do. If it was not, open the last link of this mail: it locks the account at "
    "once, signs everybody out, stops payouts, and mails you the way back in. It works once, for seven days."
)
_YOURS_ES = (
    "Si has sido tú, no tienes que hacer nada. Si no, abre el último enlace de este correo: bloquea la cuenta al "
    "instante, cierra todas las sesiones, detiene los cobros y te envía cómo volver a entrar. Sirve una vez, durante "
    "siete días."
)
_SEE_EN = "Your account's security log says when and from where."
_SEE_ES = "El registro de seguridad de tu cuenta dice cuándo y desde dónde."


def _notice(kind: Kind) -> Template:
    english, spanish = f"{kind.en}. {_SEE_EN}", f"{kind.es}. {_SEE_ES}"
    if kind.disowned:
        english, spanish = f"{english} {_YOURS_EN}", f"{spanish} {_YOURS_ES}"
    return Template(
        kind.event,
        ACCOUNT,
        BOTH,
        Wording(kind.en, english),
        Wording(kind.es, spanish),
        PATH,
        disowns=kind.disowned,
    )


SECURITY = tuple(_notice(kind) for kind in KINDS.values() if kind.notifies)

# Mails that carry a way in: they leave by mail alone, since the inbox is open to whoever is signed in.
ENTRANCES = (
    Template(
        "account.password_reset_asked",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "Choose a new password",
            "Somebody asked for a new password for your account. Open the link below to choose one; it works once, for "
            "20 minutes. Setting it signs out every device, holds payouts for 72 hours, and leaves your second factor "
            "on. If you did not ask for it, ignore this mail and nothing changes.",
        ),
        Wording(
            "Elige una contraseña nueva",
            "Alguien ha pedido una contraseña nueva para tu cuenta. Abre el enlace de abajo para elegirla; sirve una "
            "vez, durante 20 minutos. Al fijarla se cierran todas las sesiones, los cobros esperan 72 horas y tu "
            "segundo factor sigue activado. Si no la pediste, ignora este correo y no cambiará nada.",
        ),
        RESET_PATH,
        mints="reset",
    ),
    Template(
        "account.sign_in_code_asked",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "Your sign-in code",
            "Somebody who knows your password is signing in from a place or device that is unusual for you. If it is "
            "you, enter the code below within ten minutes. If it is not, do not give the code to anybody, and choose a "
            "new password: yours is known to somebody else.",
        ),
        Wording(
            "Tu código de inicio de sesión",
            "Alguien que conoce tu contraseña está iniciando sesión desde un lugar o un dispositivo inusual para ti. "
            "Si eres tú, introduce el código de abajo antes de diez minutos. Si no, no se lo des a nadie y elige una "
            "contraseña nueva: otra persona conoce la tuya.",
        ),
        "",
        mints="sign_in_code",
    ),
    Template(
        "account.account_locked",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "Your account is locked",
            "You told us that it was not you, so your account is locked: nobody can sign in, every device is signed "
            "out, and payouts are stopped. Open the link below to choose a new password, which unlocks it; your second "
            "factor stays on. The link works once, for 20 minutes; after that, ask for a new password on the sign-in "
            "page.",
        ),
        Wording(
            "Tu cuenta está bloqueada",
            "Nos has dicho que no fuiste tú, así que tu cuenta está bloqueada: nadie puede iniciar sesión, se han "
            "cerrado todas las sesiones y los cobros están detenidos. Abre el enlace de abajo para elegir una "
            "contraseña nueva, que la desbloquea; tu segundo factor sigue activado. El enlace sirve una vez, durante "
            "20 minutos; después, pide una contraseña nueva en la página de inicio de sesión.",
        ),
        RESET_PATH,
        mints="reset",
    ),
)
