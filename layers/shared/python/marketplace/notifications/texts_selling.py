"""What people are told about acting for a seller."""

from marketplace.notifications.model import ACCOUNT
from marketplace.notifications.wording import ONLY_MAIL, Template, Wording

SELLING = (
    Template(
        "seller.member_invited",
        ACCOUNT,
        ONLY_MAIL,
        Wording(
            "You are asked to join a seller's team",
            "A seller on Aval asks you to help run their shop. The link below shows who it is and what you could do "
            "there; it is good for seven days and works once, for the account with this address. If you do not know "
            "what this is about, ignore this mail and nothing happens.",
        ),
        Wording(
            "Te invitan al equipo de un vendedor",
            "Un vendedor de Aval te pide ayuda con su tienda. El enlace de abajo muestra quién es y qué podrías hacer "
            "allí; vale siete días y sirve una vez, para la cuenta con esta dirección. Si no sabes de qué se trata, "
            "ignora este correo y no pasará nada.",
        ),
        "/team/accept",
        mints="invitation",
    ),
)
