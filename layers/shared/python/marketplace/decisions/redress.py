"""What somebody can do about a decision: where, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Redress:
    """One way to have a decision looked at again. Everybody also keeps the courts and out-of-court bodies."""

    name: str
    en: str
    es: str
    route: str = ""  # where the API takes it; "" where it goes by letter or to a body outside
    days: int | None = None  # from the decision; None for as long as the decision lasts


_OUTSIDE_EN = "A certified out-of-court body (Regulation (EU) 2022/2065, article 21) and the courts stay open to you."
_OUTSIDE_ES = (
    "Quedan abiertos un organismo certificado de resolución extrajudicial (Reglamento (UE) 2022/2065, artículo 21) y "
    "los tribunales."
)

_ALL = (
    Redress(
        "dispute_appeal",
        f"Who lost may appeal once with something new; somebody else decides. {_OUTSIDE_EN}",
        f"Quien perdió puede reclamar una vez con algo nuevo; decide otra persona. {_OUTSIDE_ES}",
        "POST /disputes/{subject}/appeal",
        30,
    ),
    Redress(
        "dispute",
        f"If the order is not right, the buyer may open a dispute while its process allows. {_OUTSIDE_EN}",
        f"Si algo va mal, el comprador puede abrir una disputa mientras el proceso lo permita. {_OUTSIDE_ES}",
        "POST /orders/{about}/dispute",
    ),
    Redress(
        "standing_appeal",
        f"You may appeal once; somebody who did not decide this looks at it again. {_OUTSIDE_EN}",
        f"Puedes reclamar una vez; lo revisa alguien que no decidió esto. {_OUTSIDE_ES}",
        "POST /account/standing/appeal",
    ),
    Redress(
        "claims_appeal",
        f"You may appeal; somebody who did not decide this looks at it again. {_OUTSIDE_EN}",
        f"Puedes reclamar; lo revisa alguien que no decidió esto. {_OUTSIDE_ES}",
        "POST /claims/appeal",
        180,
    ),
    Redress(
        "review",
        "A person looks at it without your asking, and every such look leaves a decision of its own. " + _OUTSIDE_EN,
        "Una persona lo revisa sin que lo pidas, y cada revisión deja su propia decisión. " + _OUTSIDE_ES,
    ),
    Redress(
        "correct",
        f"Add what is missing and publish again; there is no limit to how often. {_OUTSIDE_EN}",
        f"Añade lo que falta y publica de nuevo, sin límite de veces. {_OUTSIDE_ES}",
        "PATCH /listings/{subject}",
    ),
    Redress(
        "complaint",
        f"You may complain free of charge within six months; a person who did not decide this answers. {_OUTSIDE_EN}",
        f"Puedes reclamar gratis en seis meses; responde una persona que no decidió esto. {_OUTSIDE_ES}",
        "",
        183,
    ),
    Redress("none_left", _OUTSIDE_EN, _OUTSIDE_ES),
)

REDRESS: Mapping[str, Redress] = {each.name: each for each in _ALL}


def length(redress: Redress) -> timedelta | None:
    """Return how long this way stays open, None for as long as the decision lasts."""
    return timedelta(days=redress.days) if redress.days else None
