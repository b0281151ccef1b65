"""Who may do what to whose object: the whole of it, declared here and executed cell by cell by test_authorisation.py.

One module an area, each with its ROWS. A row is a route, a *door* (what each role is answered before any object is
looked for), a *reach* (who then finds an own object, and who somebody else's), and what differs from that. Nothing here
is read from the routes: a route whose `access=` changes by mistake makes its cells fail.

Three trades stand beside each other: `buyer` bought from `seller`, `buyer2` from `seller2`, and `party`, who is of the
staff in every role, from `seller`. For these five, `own` is an object of their own trade and `foreign` one of another;
for anybody else `own` is the buyer's (their own where everybody has one: sessions). `missing` is an id nothing has.

    anon      no token                                   unver     e-mail not confirmed; would else be a seller
    support moderator finance admin                      susp      suspended; would else be staff and seller
              staff in one role, with a second factor    revok     a staff member's and seller's token, revoked
    party     staff in every role, and a buyer           forged    the buyer's id with a made-up secret
    plain     staff in every role, by password only      broken    not a token at all

`python -m tests.contract.authorisation` prints the table as it is executed.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from tests.contract.authorisation.vocabulary import Row, Thing

_NOT_AREAS = {"vocabulary", "__main__"}


def areas() -> Iterator[ModuleType]:
    """Import every module of the package that declares rows."""
    for found in iter_modules(__path__):
        if found.name not in _NOT_AREAS:
            yield import_module(f"{__name__}.{found.name}")


def all_rows() -> tuple[Row, ...]:
    """Collect every area's ROWS."""
    return tuple(row for area in areas() for row in area.ROWS)


def all_things() -> Mapping[str, Thing]:
    """Collect every area's THINGS."""
    return {name: made for area in areas() for name, made in getattr(area, "THINGS", {}).items()}


def all_stages() -> Mapping[str, tuple[str, Callable[[Any], None]]]:
    """Collect every area's STAGES: the stage that each begins from, and what brings the trades further."""
    return {name: made for area in areas() for name, made in getattr(area, "STAGES", {}).items()}
