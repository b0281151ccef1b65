"""What account holders are told about second factors, recoveries and changes of address."""

from marketplace.notifications.model import ACCOUNT
from marketplace.notifications.wording import BOTH, ONLY_MAIL, Template, Wording

_SECURITY, _SIGN_IN = "/account/security", "/sign-in"
_BEGIN, _CANCEL, _FINISH = "/recovery/begin", "/recovery/cancel", "/recovery/finish"
_PROVE = "/account/email/confirm"
CALLED_OFF_EN = "If it was not you, call it off at once with the link below, or from any place where you are signed in."
CALLED_OFF_ES = (
    "Si no has sido tú, anúlala enseguida con el enlace de abajo o desde cualquier sitio donde tengas la "
    "sesión abierta."
)

FACTORS = (
    Template(
        "account.totp_enabled",
        ACCOUNT,
        BOTH,
        Wording(
            "Two-step sign-in is on",
            "From now on, signing in asks for a code from your authenticator app. Keep your recovery codes somewhere "
            "safe: each works once if you lose the app. Payouts wait 72 hours after such a change. If this was not "
            "you, open the last link of this mail.",
        ),
        Wording(
            "El inicio de sesión en dos pasos está activado",
            "Desde ahora, al iniciar sesión se pide un código de tu aplicación de autenticación. Guarda los códigos de "
            "recuperación en un lugar seguro: cada uno sirve una vez si pierdes la aplicación. Los cobros esperan 72 "
            "horas tras un cambio así. Si no has sido tú, abre el último enlace de este correo.",
        ),
        _SECURITY,
        disowns=True,
    ),
    Template(
        "account.recovery_code_used",
        ACCOUNT,
        BOTH,
        Wording(
            "A recovery code was used",
            "Somebody proved to be you with one of your recovery codes; that code no longer works. If it was you, make "
            "new codes when few are left. If it was not, open the last link of this mail.",
        ),
        Wording(
            "Se ha usado un código de recuperación",
            "Alguien ha demostrado ser tú con uno de tus códigos de recuperación; ese código ya no sirve. Si has sido "
            "tú, crea códigos nuevos cuando te queden pocos. Si no, abre el último enlace de este correo.",
        ),
        _SECURITY,
        disowns=True,
    ),
    Template(
        "account.passkey_cloned",
        ACCOUNT,
        BOTH,
        Wording(
            "A passkey may have been copied",
            "One of your passkeys answered as if there were two of it. It signs nobody in any more; your account and "
            "your other ways in are as they were. Sign in another way and put a new passkey in its place.",
        ),
        Wording(
            "Una llave de acceso puede estar copiada",
            "Una de tus llaves de acceso ha respondido como si hubiera dos. Ya no permite entrar a nadie; tu cuenta y "
            "las demás formas de entrar siguen como estaban. Entra de otra forma y cámbiala por una nueva.",
        ),
        _SECURITY,
    ),
    Template(
        "account.recovery_asked",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "Begin to recover your account",
            "Somebody asked to recover this account without its password and second factor. The link below begins it, "
            "within a day; then it takes 72 hours, in which everybody who can reach the account can call it off. If it "
            "was not you, do nothing and nothing happens.",
        ),
        Wording(
            "Empieza a recuperar tu cuenta",
            "Alguien ha pedido recuperar esta cuenta sin su contraseña ni su segundo factor. El enlace de abajo inicia "
            "la recuperación, durante un día; después tarda 72 horas, en las que quien tenga acceso a la cuenta puede "
            "anularla. Si no has sido tú, no hagas nada y no pasará nada.",
        ),
        _BEGIN,
        mints="recovery_begin",
    ),
    Template(
        "account.recovery_started",
        ACCOUNT,
        BOTH,
        Wording(
            "Your account is being recovered",
            "A recovery without password and second factor was begun. In 72 hours whoever reads this mailbox can set a "
            f"new password. {CALLED_OFF_EN}",
        ),
        Wording(
            "Se está recuperando tu cuenta",
            "Se ha iniciado una recuperación sin contraseña ni segundo factor. Dentro de 72 horas, quien lea "
            "este buzón "
            f"podrá fijar una contraseña nueva. {CALLED_OFF_ES}",
        ),
        _CANCEL,
        mints="recovery_cancel",
        disowns=True,
    ),
    Template(
        "account.recovery_elsewhere",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "An account that was yours at this address is being recovered",
            "An account that used this address until lately is being recovered without its password and second "
            "factor. If it is yours and this was not you, call it off with the link below.",
        ),
        Wording(
            "Se está recuperando una cuenta que usaba esta dirección",
            "Una cuenta que usaba esta dirección hasta hace poco se está recuperando sin su contraseña ni su segundo "
            "factor. Si es tuya y no has sido tú, anúlalo con el enlace de abajo.",
        ),
        _CANCEL,
        mints="recovery_cancel",
    ),
    Template(
        "account.recovery_waiting",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "Your recovery is still waiting",
            "The recovery of your account was begun and its 72 hours are not over. Ask again afterwards, and we mail "
            f"you the link that sets a new password. {CALLED_OFF_EN}",
        ),
        Wording(
            "Tu recuperación sigue en espera",
            "La recuperación de tu cuenta está iniciada y sus 72 horas no han terminado. Pídela de nuevo después y te "
            f"enviaremos el enlace para fijar una contraseña nueva. {CALLED_OFF_ES}",
        ),
        _CANCEL,
        mints="recovery_cancel",
    ),
    Template(
        "account.recovery_soon",
        ACCOUNT,
        BOTH,
        Wording(
            "Last day to call a recovery off",
            "If nobody calls it off {deadline}, whoever reads this mailbox can set a new password for your account. If "
            f"it was you, ask for the last link then. {CALLED_OFF_EN}",
        ),
        Wording(
            "Último día para anular una recuperación",
            "Si nadie la anula {deadline}, quien lea este buzón podrá fijar una contraseña nueva para tu cuenta. "
            "Si has "
            f"sido tú, pide entonces el último enlace. {CALLED_OFF_ES}",
        ),
        _CANCEL,
        mints="recovery_cancel",
        disowns=True,
    ),
    Template(
        "account.recovery_due",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "Finish recovering your account",
            "The 72 hours are over. Set a new password with the link below, within a day: your second factors are "
            "removed by it, every session ends, and payouts wait another 72 hours.",
        ),
        Wording(
            "Termina de recuperar tu cuenta",
            "Han pasado las 72 horas. Fija una contraseña nueva con el enlace de abajo, durante un día: se "
            "quitarán tus "
            "segundos factores, se cerrarán todas las sesiones y los cobros esperarán otras 72 horas.",
        ),
        _FINISH,
        mints="recovery_finish",
    ),
    Template(
        "account.recovery_needs_two",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "Ask two administrators",
            "Somebody asked to recover this account. It works for the marketplace, and such accounts are let back in "
            "by two administrators, not by mail. If it was not you, tell them.",
        ),
        Wording(
            "Pídelo a dos administradores",
            "Alguien ha pedido recuperar esta cuenta. Trabaja para el mercado, y esas cuentas las recuperan dos "
            "administradores, no un correo. Si no has sido tú, avísales.",
        ),
        _SIGN_IN,
    ),
    Template(
        "account.email_change_proof",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "Confirm your new address",
            "Somebody wants to use this address for their account. If it was you, confirm it with the link below, "
            "within a day. If it was not, ignore this mail and nothing happens.",
        ),
        Wording(
            "Confirma tu nueva dirección",
            "Alguien quiere usar esta dirección para su cuenta. Si has sido tú, confírmala con el enlace de abajo, "
            "durante un día. Si no, ignora este correo y no pasará nada.",
        ),
        _PROVE,
        mints="email_change",
    ),
    Template(
        "account.email_wanted",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "Somebody wanted to use your address",
            "Somebody tried to move another account to this address, which has an account already: yours. Nothing "
            "changed. If it was you, give up this account's address first.",
        ),
        Wording(
            "Alguien quería usar tu dirección",
            "Alguien ha intentado pasar otra cuenta a esta dirección, que ya tiene una: la tuya. Nada ha cambiado. Si "
            "has sido tú, libera antes la dirección de esta cuenta.",
        ),
        _SECURITY,
    ),
    Template(
        "account.email_moved_away",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "Your account has another address now",
            "Your account was moved from this address to another. Payouts wait 72 hours. If it was not you, open the "
            "last link of this mail: it gives the address back, locks the account and signs everybody out.",
        ),
        Wording(
            "Tu cuenta tiene ahora otra dirección",
            "Tu cuenta se ha pasado de esta dirección a otra. Los cobros esperan 72 horas. Si no has sido tú, abre el "
            "último enlace de este correo: devuelve la dirección, bloquea la cuenta y cierra todas las sesiones.",
        ),
        _SECURITY,
        disowns=True,
    ),
)
