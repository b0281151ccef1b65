"""What the sellers of the journeys sell, as they would write it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
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
    promises: Mapping[str, Any] = field(default_factory=dict)

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
GUITAR = Offer(
    "Guitarra clásica de estudio, tapa de cedro",
    "De 2012, ajustada este año por un lutier. Trastes planos; incluye funda acolchada.",
    "music",
    24_000,
    "es",
)
TELESCOPE = Offer(
    "Telescopio de iniciación con dos oculares",
    "Reflector de 50 mm con montura de mesa y mapa lunar. De segunda mano, óptica limpia.",
    "photography",
    4_500,
    "es",
)
PRINT = Offer(
    "Lámina enmarcada: faro de Cabo Peñas",
    "Impresión de 40 por 60 cm en marco de roble.",
    "collectibles",
    6_400,
    "es",
)
LOOM = Offer(
    "Telar de mesa, 60 cm",
    "Cuatro marcos, en madera de haya. Con peine de recambio y lanzaderas.",
    "home",
    15_000,
    "es",
)
TEAPOT = Offer(
    "Stoneware teapot with two cups",
    "Thrown and glazed by hand; small marks of the kiln. Dishwasher safe.",
    "home",
    5_600,
    "en",
)
CLOCK = Offer(
    "Restored wall clock, eight-day movement",
    "Cleaned and regulated this spring. Strikes the hours; key and pendulum included.",
    "home",
    13_000,
    "en",
)
WATCH = Offer(
    "Reloj de pulsera automático de 1968",
    "Revisado y engrasado este año. Caja de acero con marcas leves; correa nueva.",
    "collectibles",
    16_000,
    "es",
)
COAT = Offer(
    "Wool winter coat, navy, size 42",
    "Worn two winters, dry-cleaned. Lining whole; one button replaced with a matching one.",
    "clothing",
    9_000,
    "en",
)
TURNTABLE = Offer(
    "Tocadiscos de correa con cápsula nueva",
    "Funciona a 33 y 45 revoluciones. Tapa sin grietas; incluye cables.",
    "music",
    14_000,
    "es",
)
BOWL = Offer(
    "Cuenco de gres esmaltado, 24 cm",
    "Torneado a mano, esmalte azul. Apto para lavavajillas.",
    "home",
    2_800,
    "es",
    stock=4,
)
PLATTER = Offer(
    "Fuente ovalada de gres, 38 cm",
    "Torneada a mano, esmalte azul. Apta para horno hasta 220 grados.",
    "home",
    4_200,
    "es",
    stock=4,
)
TENT = Offer(
    "Tienda de campaña para dos, 1,9 kg",
    "Doble techo, varillas de aluminio y suelo reforzado. Nueva, en su bolsa.",
    "sports",
    11_500,
    "es",
    stock=6,
)
KETTLE = Offer(
    "Tetera de hierro esmaltado, 1 litro",
    "Con filtro de acero. Apta para todas las cocinas.",
    "home",
    4_400,
    "es",
    stock=5,
)
PATTERN = Offer(
    "Patrón de chaleco de punto, tallas S a XL",
    "Veinte páginas en PDF con esquemas y fotografías. Para agujas de 4 mm.",
    "books",
    1_200,
    "es",
    promises={"fulfilment": "digital"},
)
PORTRAITS = Offer(
    "Retratos de familia: sesión y álbum",
    "Dos horas de fotografía en tu casa y un álbum de veinte páginas, por separado.",
    "photography",
    20_000,
    "es",
    promises={
        "fulfilment": "service",
        "milestones": [
            {"title": "sesión", "percent": 60, "handling_days": 7},
            {"title": "álbum", "percent": 40, "handling_days": 30},
        ],
    },
)
