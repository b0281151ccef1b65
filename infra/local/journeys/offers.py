"""What the sellers of the journeys sell, as they would write it."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Offer:
    """A listing before it is typed in; the price in cents."""

    title: str
    description: str
    category: str
    price_minor: int
    language: str
    stock: int = 1
    currency: str = "eur"

    def form(self) -> dict[str, Any]:
        """Return the fields of the form."""
        return asdict(self)


BICYCLE = Offer(
    "Bicicleta de paseo restaurada, talla M",
    "Cuadro de acero de los años 80, repintado en verde oliva. Ruedas, frenos y cadena nuevos; lista para rodar.",
    "sports",
    24_500,
    "es",
)
LAMP = Offer(
    "Lámpara de pie de nogal",
    "Madera maciza y pantalla de lino. Mide 155 cm. Una marca pequeña en la base, visible en la foto.",
    "home",
    6_850,
    "es",
)
JACKET = Offer(
    "Harris tweed jacket, size 40",
    "Woven and tailored in Scotland, grey herringbone. Worn twice; the pockets are still stitched.",
    "clothing",
    12_000,
    "en",
    stock=2,
)
COFFEE_MAKER = Offer(
    "Cafetera italiana de acero, 6 tazas",
    "Apta para inducción. Junta de repuesto incluida y un año de garantía.",
    "home",
    3_290,
    "es",
    stock=12,
)
RECORDS = Offer(
    "Forty jazz LPs, 1955 to 1970",
    "From one collection, kept upright and dry. Sleeves very good, vinyl excellent; list on request.",
    "music",
    18_000,
    "en",
)
KEYBOARD = Offer(
    "Mechanical keyboard, Spanish layout",
    "Hot-swappable brown switches, aluminium case, detachable cable. Spare keycaps in the box.",
    "computers",
    9_500,
    "en",
    stock=5,
)
LENS = Offer(
    "Fast 35 mm lens for mirrorless cameras",
    "f/1.8, autofocus, front and rear caps. Glass without scratches or fungus.",
    "photography",
    31_000,
    "en",
)
PUZZLE = Offer(
    "Puzle de 1.000 piezas: el puerto de Cudillero",
    "Completo, montado una sola vez. La caja tiene una esquina gastada.",
    "toys",
    2_400,
    "es",
    stock=3,
)
RANGEFINDER = Offer(
    "Cámara telemétrica de 1958 con objetivo de 50 mm",
    "Revisada este año por un taller, con factura. Obturador preciso en todas las velocidades.",
    "photography",
    189_000,
    "es",
)
