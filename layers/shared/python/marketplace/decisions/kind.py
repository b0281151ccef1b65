"""What a kind of decision says: to whom it happens, on which facts, and what they can do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages. Facts texts name facts in braces; every fact that they name must be given."""

    en: str
    es: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of decision."""

    name: str  # subject.verb
    decision: Words  # what was decided
    scope: Words  # what it touches, and for how long where there is no date
    facts: Words  # what it rests on
    clause: str
    redress: str
    deciders: tuple[str, ...]  # roles that decide it
