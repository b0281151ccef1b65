"""Every row of every version of the process against what was agreed: moves, waits, reminders and silences."""

import pytest

from marketplace.orders.process import LATEST, PROCESSES, Guard, State, Timer, Transition
from marketplace.orders.process_table import Process, on_each
from tests.unit.orders.process_rows import FIRST, MOVES, WAITS

CONDITIONED = Process(
    9,
    "here",
    {},
    (
        Transition("go", "here", "left", ("buyer",), (), Guard.CLEAR),
        Transition("go", "here", "right", ("buyer",), (), Guard.RISKY),
        Transition("stay", "here", "here", ("buyer",)),
        Transition("stay", "left", "left", ("seller",)),
    ),
    {},
)


def agreed(moves: dict[str, str]) -> list[str]:
    rows = [(state, line.split()) for state, lines in moves.items() for line in lines.splitlines() if line.strip()]
    return sorted(" ".join((state, *words)) for state, words in rows)


def spelled(row: Transition) -> str:
    guard = [f"?{row.guard.value}"] if row.guard else []
    effects = [f"+{effect.value}" for effect in row.effects]
    return " ".join((row.source, row.name, ",".join(row.actors), "->", row.target, *guard, *effects))


def waited(state: State) -> str:
    timer = state.timer
    said = [state.name, state.kind.value]
    if timer:
        said.append(f"{timer.transition}>{timer.length}")
        said += [f"private={timer.private_length}"] if timer.private_length else []
        said += [f"promise={timer.promise}"] if timer.promise else []
        said += ["business"] if timer.business_days else []
    said += ["queue"] if state.human_queue else []
    said += [f"{each.party}@{each.before}" for each in state.reminders]
    said += [f"by={state.clocked_by}"] if state.clocked_by != "execution" else []
    return " ".join([*said, *([f"next={state.usual}"] if state.usual else [])])


def test_the_versions_are_those_that_the_agreement_knows():
    assert {version: process.version for version, process in PROCESSES.items()} == {1: 1, 2: 2}
    assert set(PROCESSES) == set(MOVES) == set(WAITS)
    assert max(PROCESSES) == LATEST


@pytest.mark.parametrize("version", [1, 2])
def test_every_move_is_as_agreed_and_there_is_no_other(version):
    assert sorted(map(spelled, PROCESSES[version].transitions)) == agreed(MOVES[version])


@pytest.mark.parametrize("version", [1, 2])
def test_every_state_waits_as_agreed_and_there_is_no_other(version):
    process = PROCESSES[version]

    assert [waited(state) for state in process.states.values()] == [
        " ".join(line.split()) for line in WAITS[version].splitlines() if line.strip()
    ]
    assert all(name == state.name for name, state in process.states.items())
    assert process.first == FIRST


@pytest.mark.parametrize("version", [1, 2])
def test_every_timer_and_nothing_else_has_a_silence_in_both_languages(version):
    process = PROCESSES[version]

    assert set(process.silences) == {state.timer.transition for state in process.states.values() if state.timer}
    for silence in process.silences.values():
        assert silence.en.endswith(".")
        assert silence.es.endswith(".")
        assert silence.en != silence.es


@pytest.mark.parametrize(
    ("state", "name", "facts", "target"),
    [
        ("here", "go", {Guard.CLEAR}, "left"),
        ("here", "go", {Guard.RISKY, Guard.GOODS}, "right"),
        ("here", "go", {Guard.GOODS}, None),
        ("here", "go", set(), None),
        ("here", "stay", set(), "here"),
        ("here", "stay", {Guard.CLEAR}, "here"),
        ("left", "go", {Guard.CLEAR}, None),
        ("nowhere", "stay", set(), None),
    ],
)
def test_a_move_is_picked_by_its_name_and_by_the_facts(state, name, facts, target):
    found = CONDITIONED.named(state, name, frozenset(facts))

    assert (found.target if found else None) == target


def test_without_facts_only_what_asks_for_none_is_picked():
    assert CONDITIONED.named("here", "go") is None
    assert CONDITIONED.named("here", "stay") == CONDITIONED.transitions[2]
    assert CONDITIONED.leaving("here") == CONDITIONED.transitions[:3]
    assert CONDITIONED.leaving("right") == ()


@pytest.mark.parametrize(
    ("private_length", "kind", "length"),
    [("short", "private", "short"), ("short", "trader", "long"), (None, "private", "long"), (None, "trader", "long")],
)
def test_a_private_seller_may_have_a_wait_of_their_own(private_length, kind, length):
    assert Timer("go", "long", private_length).length_for(kind) == length


def test_rows_are_repeated_for_each_source_and_keep_everything_else():
    one = Transition("go", "", "left", ("buyer",), (), Guard.CLEAR)
    other = Transition("stop", "", "end", ("seller",), ())

    assert [spelled(row) for row in on_each(("a", "b"), one, other)] == [
        "a go buyer -> left ?clear",
        "a stop seller -> end",
        "b go buyer -> left ?clear",
        "b stop seller -> end",
    ]


def test_a_row_that_names_its_source_is_not_repeated_for_others():
    with pytest.raises(ValueError, match="names no source"):
        on_each(("a", "b"), CONDITIONED.transitions[0])
