"""What account holders and sellers are told about their own account."""

from marketplace.notifications.model import ACCOUNT
from marketplace.notifications.wording import BOTH, ONLY_MAIL, Template, Wording

_ACCOUNT, _SECURITY, _SIGN_IN, _VERIFY, _SELLING = "/account", "/account/security", "/sign-in", "/verify", "/selling"

ACCOUNTS = (
    Template(
        "account.signed_up",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "Confirm your e-mail address",
            "Welcome to Aval. Confirm that this address is yours with the link below; the page will ask for the "
            "password chosen at sign-up. Until then nothing can be bought or sold with the account. If you did not "
            "sign up, ignore this mail and nothing happens: without that password the link confirms nothing.",
        ),
        Wording(
            "Confirma tu dirección de correo",
            "Te damos la bienvenida a Aval. Confirma con el enlace de abajo que esta dirección es tuya; la página te "
            "pedirá la contraseña elegida al registrarte. Hasta entonces no se puede comprar ni vender con la cuenta. "
            "Si no te has registrado, ignora este correo y no pasará nada: sin esa contraseña el enlace no confirma "
            "nada.",
        ),
        _VERIFY,
        verifies=True,
    ),
    Template(
        "account.verification_resent",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "Your new confirmation link",
            "Here is the new link you asked for. Confirm with it that this address is yours; the page will ask for the "
            "password chosen at sign-up. If you do not know that password, sign up again with another. If you did not "
            "ask for the link, ignore this mail and nothing happens.",
        ),
        Wording(
            "Tu nuevo enlace de confirmación",
            "Aquí tienes el nuevo enlace que pediste. Confirma con él que esta dirección es tuya; la página te pedirá "
            "la contraseña elegida al registrarte. Si no conoces esa contraseña, regístrate otra vez con una nueva. Si "
            "no pediste el enlace, ignora este correo y no pasará nada.",
        ),
        _VERIFY,
        verifies=True,
    ),
    Template(
        "account.signup_repeated",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "You already have an account",
            "Somebody just tried to sign up with this address, which already has an account. If it was you, sign in "
            "with it. If it was not, nothing changed and you need not do anything.",
        ),
        Wording(
            "Ya tienes una cuenta",
            "Alguien acaba de intentar registrarse con esta dirección, que ya tiene una cuenta. Si has sido tú, inicia "
            "sesión con ella. Si no, nada ha cambiado y no tienes que hacer nada.",
        ),
        _SIGN_IN,
    ),
    Template(
        "account.sessions_revoked",
        ACCOUNT,
        BOTH,
        Wording(
            "All your sessions were ended",
            "Every device was signed out of your account. Sign in again where you need it. If it was "
            "not you, open the last link of this mail: it locks the account and mails you the way back in.",
        ),
        Wording(
            "Se han cerrado todas tus sesiones",
            "Se ha cerrado la sesión de tu cuenta en todos los dispositivos. Vuelve a iniciarla donde la necesites. "
            "Si no has sido tú, abre el último enlace de este correo: bloquea la cuenta y te dice cómo volver.",
        ),
        _SECURITY,
        disowns=True,
    ),
    Template(
        "seller.applied",
        ACCOUNT,
        BOTH,
        Wording(
            "We received your application to sell",
            "One step is left: finish with Stripe, who pays you out, the check of your identity and bank account. "
            "Selling opens as soon as Stripe confirms it; we tell you then.",
        ),
        Wording(
            "Hemos recibido tu solicitud para vender",
            "Queda un paso: termina con Stripe, que te hará los pagos, la comprobación de tu identidad y de tu cuenta "
            "bancaria. Podrás vender en cuanto Stripe lo confirme; te avisaremos entonces.",
        ),
        _SELLING,
    ),
    Template(
        "seller.activated",
        ACCOUNT,
        BOTH,
        Wording(
            "You can now sell",
            "Stripe has confirmed your account. Publish your first listing whenever you like; every sale is covered "
            "by a protected payment, and you are paid when the goods have arrived.",
        ),
        Wording(
            "Ya puedes vender",
            "Stripe ha confirmado tu cuenta. Publica tu primer anuncio cuando quieras; cada venta está cubierta por un "
            "pago protegido y cobras cuando los artículos han llegado.",
        ),
        _SELLING,
    ),
)
