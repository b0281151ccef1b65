"""What is looked up by a kind is there for every kind: no proposal, case, decision or amount ends in a KeyError."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from marketplace.casework import kinds as cases
from marketplace.decisions import kinds as decisions
from marketplace.decisions import wire as decision_words
from marketplace.decisions.clauses import CLAUSES
from marketplace.decisions.model import DECIDERS
from marketplace.decisions.redress import REDRESS
from marketplace.kit.money import CURRENCIES
from marketplace.notifications import rendering
from marketplace.orders import outlook, outlook_words
from marketplace.orders.model import OPERATOR
from marketplace.payments.bank import wire as bank_words
from marketplace.payments.refund_limits import SELLER_DEBT_ALONE_MAX_MINOR
from marketplace.payouts.by_hand import LEAST_MINOR
from marketplace.payouts.causes import EXPLANATIONS
from marketplace.payouts.model import MINIMUM_MINOR, SMALLEST_MINOR, Cause, EntryKind
from marketplace.payouts.wire import _BRINGS
from marketplace.returns import deciding, process
from marketplace.security.kinds import KINDS as SECURITY
from marketplace.shipping.model import Outcome
from marketplace.shipping.service import _MOVES
from marketplace.staff import wire as staff_words
from marketplace.staff.kinds import KINDS as PROPOSALS
from marketplace.staff.model import LIFTED, SUSPENDED, UPHELD
from marketplace.trust import wire as trust_words
from marketplace.trust.model import ALLOW, CLEAR, HOLD, IN_FORCE, REFUSE, TOO_LATE
from marketplace.trust.rules import SPENDING_WITHOUT_HISTORY_MAX_MINOR

LAYER = Path(__file__).parents[2] / "layers" / "shared" / "python" / "marketplace"
BANK_STATES = {"inquiry", "inquiry_answered", "inquiry_closed", "taken", "answered", "won", "lost"}
RECEIPTS = {(ALLOW, IN_FORCE), *((each, effect) for each in (HOLD, CLEAR, REFUSE) for effect in (IN_FORCE, TOO_LATE))}
BY_PEOPLE = {each.name for each in process.TRANSITIONS if OPERATOR in each.actors}

PERIODS = {outlook.CANCEL, outlook.UNDELIVERED, outlook.INSPECTION, outlook.RETURN, outlook.AFTER}

# What is looked up -> (the table, every key with which it can be asked)
TABLES: Mapping[str, tuple[Mapping[Any, Any], Iterable[Any]]] = {
    "words of who decided": (decision_words._WHO, {who for each in decisions.KINDS.values() for who in each.deciders}),
    "clauses of decisions": (CLAUSES, {each.clause for each in decisions.KINDS.values()}),
    "redress of decisions": (REDRESS, {each.redress for each in decisions.KINDS.values()}),
    "words of a bank's case": (bank_words._WORDS, BANK_STATES),
    "words of why money waits": (EXPLANATIONS, Cause),
    "words of what came into a balance": (_BRINGS, {each.value for each in EntryKind}),
    "words of a suspension": (staff_words._REDRESS, {SUSPENDED, LIFTED, UPHELD}),
    "words of a screening": (trust_words._MEANING, RECEIPTS),
    "clauses of what people decide about returns": (deciding._CLAUSES, BY_PEOPLE),
    "moves that carriers tell of": (_MOVES, set(Outcome) - {Outcome.MOVING}),
    "spending without a history": (SPENDING_WITHOUT_HISTORY_MAX_MINOR, CURRENCIES),
    "debt by a seller's word": (SELLER_DEBT_ALONE_MAX_MINOR, CURRENCIES),
    "least that a bank is sent": (LEAST_MINOR, CURRENCIES),
    "least payout": (MINIMUM_MINOR, CURRENCIES),
    "least payout of a quiet month": (SMALLEST_MINOR, CURRENCIES),
    "words of when money can come back": (outlook_words.PERIODS, PERIODS),
    "words of whom silence favours": (outlook_words.FAVOURS, {"buyer", "seller", "both", "nobody"}),
    "signs of currencies": (rendering._SYMBOLS, CURRENCIES),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_answers_every_key(name):
    table, keys = TABLES[name]

    assert set(keys) - set(table) == set()


def test_every_proposal_that_can_be_made_can_be_carried_out(world):
    services = world.services

    assert set(services.executors()) == set(PROPOSALS)
    assert set(services.withdrawals()) <= set(PROPOSALS)


def test_every_kind_of_case_has_a_source(world):
    assert set(world.services.casework._sources) == set(cases.KINDS)


def _spelled(method: str, place: int | str) -> Iterator[tuple[str, str]]:
    """Yield every literal that a call of this method is given there, with the file."""
    for path in LAYER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method):
                continue
            named = [each.value for each in node.keywords if each.arg == place]
            told = named if isinstance(place, str) else node.args[place : place + 1]
            for each in told:
                values = [each.body, each.orelse] if isinstance(each, ast.IfExp) else [each]
                yield from (
                    (str(value.value), path.name)
                    for value in values
                    if isinstance(value, ast.Constant) and isinstance(value.value, str)
                )


def test_what_is_noted_for_security_is_a_kind_that_there_is():
    noted = {(kind, where) for kind, where in _spelled("note", 1) if ":" in kind}

    assert len(noted) >= 20
    assert {each for each in noted if each[0] not in SECURITY} == set()


def test_what_is_recorded_as_decided_is_a_kind_that_there_is():
    recorded = set(_spelled("record", "kind"))

    assert len(recorded) >= 15
    assert {each for each in recorded if each[0] not in decisions.KINDS} == set()


def test_whoever_decides_is_somebody_there_are_words_for():
    assert set(DECIDERS) <= set(decision_words._WHO)
