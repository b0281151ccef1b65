"""The kinds of things sold here: stable codes, and what each language calls them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Category:
    """A shelf of the marketplace; the code is stored and never changes, the labels may."""

    code: str
    label_es: str
    label_en: str

    def label(self, locale: str) -> str:
        return self.label_es if locale == "es" else self.label_en


_ALL = (
    Category("electronics", "Electrónica", "Electronics"),
    Category("computers", "Informática", "Computers"),
    Category("phones", "Telefonía", "Phones"),
    Category("photography", "Fotografía", "Photography"),
    Category("home", "Hogar y jardín", "Home and garden"),
    Category("furniture", "Muebles", "Furniture"),
    Category("clothing", "Ropa y calzado", "Clothes and shoes"),
    Category("books", "Libros y papelería", "Books and stationery"),
    Category("music", "Música e instrumentos", "Music and instruments"),
    Category("sports", "Deporte y bicicletas", "Sports and bicycles"),
    Category("toys", "Juegos y juguetes", "Toys and games"),
    Category("collectibles", "Arte y coleccionismo", "Art and collectibles"),
)

CATEGORIES: Mapping[str, Category] = MappingProxyType({category.code: category for category in _ALL})
