"""The words in which the authorisation table is written: who asks, what stands in the way, and who reaches what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

STAFF_ROLES = ("support", "moderator", "finance", "admin")
PARTIES_ROLES = ("buyer", "seller", "buyer2", "seller2", "party")
ROLES = (
    *("anon", "buyer", "seller", "buyer2", "seller2"),
    *(*STAFF_ROLES, "party", "plain"),
    *("unver", "susp", "revok", "forged", "broken"),
)
OWN, FOREIGN, MISSING, NONE = "own", "foreign", "missing", "-"
RELATIONS = (OWN, FOREIGN, MISSING)
OK, GONE = "ok", "gone"

# What a word in a cell means. A word that only one row needs is written out there: "409 order_transition_refused".
CODES: Mapping[str, tuple[int, str]] = {
    "in": (401, "unauthenticated"),
    "token": (401, "token_malformed"),
    "susp": (403, "account_suspended"),
    "mail": (403, "email_not_verified"),
    "role": (403, "forbidden"),
    "factor": (403, "step_up_required"),
    "appl": (403, "not_a_seller"),
    "inact": (403, "seller_inactive"),
    "case": (403, "own_case"),
    "state": (409, "order_transition_refused"),
}

Door = Mapping[str, str]  # role -> word: what is answered before any object is looked for
Reach = Mapping[str, frozenset[str]]  # relation -> roles that are not told "there is no such thing"


def roles(names: str) -> frozenset[str]:
    """Read some roles, and refuse a slip of the pen."""
    found = frozenset(names.split())
    if not found <= set(ROLES):
        raise ValueError(f"not roles: {sorted(found - set(ROLES))}")
    return found


def door(otherwise: str = OK, **words: str) -> Door:
    """Say what each role meets; `otherwise` for those not named."""
    roles(" ".join(words))
    return {role: words.get(role, otherwise) for role in ROLES}


_NOBODY = {"anon": "in", "revok": "in", "forged": "in", "broken": "token"}
_PLAIN_PEOPLE = ("buyer", "seller", "buyer2", "seller2", "unver")


def _staff(*, without: str = "") -> Door:
    """Staff's routes: nobody outside, nobody without the second factor, and not who has another role."""
    refused = dict.fromkeys((*_PLAIN_PEOPLE, *without.split()), "role")
    return door(OK, **_NOBODY, susp="susp", plain="factor", **refused)


PUBLIC = door()
MAYBE_SIGNED_IN = door(**{**_NOBODY, "anon": OK}, susp="susp")
EVEN_SUSPENDED = door(**_NOBODY)
SIGNED_IN = door(**_NOBODY, susp="susp")
VERIFIED = {**SIGNED_IN, "unver": "mail"}
BUYER = VERIFIED
APPLICANT = {
    role: "appl" if word == OK and role not in roles("seller seller2") else word for role, word in VERIFIED.items()
}
SELLER = {role: "inact" if word == "appl" else word for role, word in APPLICANT.items()}
STAFF = _staff()
SUPPORT = _staff(without="moderator finance admin")
MODERATOR = _staff(without="support finance admin")
FINANCE = _staff(without="support moderator admin")
ADMIN = _staff(without="support moderator finance")


def reach(*, own: str = "", foreign: str = "") -> Reach:
    """Say who finds an own object, and who somebody else's; nobody finds a missing one."""
    return {OWN: roles(own), FOREIGN: roles(foreign), MISSING: frozenset()}


def both(*reaches: Reach) -> Reach:
    """Join several."""
    return {relation: frozenset().union(*(each[relation] for each in reaches)) for relation in RELATIONS}


EVERYBODY = " ".join(ROLES)
BY_PARTIES = reach(own="buyer seller buyer2 seller2 party")
BY_BUYERS = reach(own="buyer buyer2 party")
BY_SELLERS = reach(own="seller seller2")
BY_STAFF = reach(own="support moderator finance admin party", foreign="support moderator finance admin party")
BY_OWNER = reach(own=EVERYBODY)  # of what everybody has of their own, such as sessions
BY_ANYBODY = reach(own=EVERYBODY, foreign=EVERYBODY)


@dataclass(frozen=True)
class Row:
    """One route about one kind of object: what it is sent, and what everybody is answered."""

    route: str
    thing: str  # what the path (or the body's "{object}") names; empty when there is none
    at: str  # how far the trades have come: a stage of three_trades.py or of a module's STAGES
    gone: str  # the code that says "there is no such thing"
    body: Any
    path: Mapping[str, str]  # the path's other parameters
    query: Mapping[str, Any] | None
    told: frozenset[str]  # roles that may tell a foreign object from a missing one: another route shows it to them
    cells: Mapping[tuple[str, str], str] = field(repr=False)  # (relation, role) -> word

    def __str__(self) -> str:
        return f"{self.route} {self.thing}".strip()

    def expected(self, word: str, success: int) -> tuple[int, str | None]:
        """Return the status and the problem code that a word stands for."""
        if word == OK:
            return success, None
        if word == GONE:
            return 404, self.gone
        if word in CODES:
            return CODES[word]
        status, code = word.split()
        return int(status), code


def row(
    route: str,
    met: Door,
    found: Reach | None = None,
    *,
    thing: str = "",
    at: str = "open",
    gone: str = "not_found",
    body: Any = None,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None,
    but: Mapping[str, str] | None = None,
    told: str = "",
) -> Row:
    """Declare a route: who is let in at the door, who then finds the object, and what differs.

    A key of `but` is "own seller seller2" (a relation, then roles), or only roles where there is no object.
    """
    if bool(thing) != bool(found):
        raise ValueError(f"{route}: an object, and who finds it, go together")
    relations = RELATIONS if found else (NONE,)
    cells = {(relation, role): _word(met, found, relation, role) for relation in relations for role in ROLES}
    for where, word in (but or {}).items():
        first, *rest = where.split()
        relation, names = (first, rest) if first in relations else (NONE, [first, *rest])
        for role in roles(" ".join(names)):
            if (relation, role) not in cells:
                raise ValueError(f"{route}: {where!r} names no cell")
            cells[relation, role] = word
    return Row(route, thing, at, gone, body, dict(path or {}), query, roles(told), cells)


def _word(met: Door, found: Reach | None, relation: str, role: str) -> str:
    if met[role] != OK or found is None:
        return met[role]
    return OK if role in found[relation] else GONE


@dataclass(frozen=True)
class Thing:
    """A kind of object: an id that nothing has, and how to find a role's own when trades do not have it by name."""

    missing: str
    of: Callable[[Any, str], str] | None = None  # (ThreeTrades, whose: a role) -> id
    everybodys: bool = False  # also those without a trade have one of their own


NOBODYS = "z" * 26


def thing(prefix: str, of: Callable[[Any, str], str] | None = None, *, everybodys: bool = False) -> Thing:
    """Describe a kind of object whose ids begin with `prefix`."""
    return Thing(f"{prefix}_{NOBODYS}", of, everybodys)
