"""A person's key: made once, unwrapped once a container and five minutes, destroyed for good."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.storage.transaction import DynamoTransactions
from marketplace.vault.cipher import NONCE_BYTES, VERSION
from marketplace.vault.model import PersonErased, PersonHasKey, SealBroken
from marketplace.vault.service import KEY_KEPT_SECONDS, KEYS_KEPT_MAX, Vault
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.vault import FakeKms, FixedBlindKeys, vault_for

ANA, BEA = "acc_ana", "acc_bea"
SEALINGS = 100_000


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class Scene:
    def __init__(self, dynamo: MemoryDynamo) -> None:
        self.dynamo, self.clock, self.kms = dynamo, Clock(), FakeKms()
        self.vault = self.container()

    def container(self) -> Vault:
        """Start afresh, as another container does."""
        return vault_for(self.clock, self.kms)

    def commit(self, *writes: object) -> None:
        DynamoTransactions(pause=lambda _: None).commit(list(writes))  # type: ignore[arg-type]

    def give_key(self, person: str) -> None:
        self.commit(*self.vault.begin(person).writes)

    def trips(self) -> tuple[list[str], list[str]]:
        """Name the round trips and the calls of the key service since the last time."""
        made = [call.operation for call in self.dynamo.calls], list(self.kms.calls)
        self.dynamo.calls.clear()
        self.kms.calls.clear()
        return made


@pytest.fixture
def scene() -> Iterator[Scene]:
    with MemoryDynamo().installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        scene = Scene(dynamo)
        scene.give_key(ANA)
        scene.give_key(BEA)
        scene.trips()
        yield scene


def test_a_field_opens_for_its_person_in_any_container(scene: Scene) -> None:
    sealed = scene.vault.seal(ANA, "account/email", "ana@example.com")

    assert "ana" not in sealed
    assert scene.container().open(ANA, "account/email", sealed) == "ana@example.com"


def test_what_is_sealed_with_a_key_just_made_opens_once_it_is_committed(scene: Scene) -> None:
    begun = scene.vault.begin("acc_new")
    sealed = begun.seal("account/email", "new@example.com")
    with pytest.raises(PersonErased):
        scene.vault.open("acc_new", "account/email", sealed)

    scene.commit(*begun.writes)

    assert scene.vault.open("acc_new", "account/email", sealed) == "new@example.com"


@pytest.mark.parametrize("place", [(BEA, "account/email"), (ANA, "account/name"), (ANA, "seller/email")])
def test_a_sealed_text_that_was_moved_does_not_open(scene: Scene, place: tuple[str, str]) -> None:
    sealed = scene.vault.seal(ANA, "account/email", "ana@example.com")

    with pytest.raises(SealBroken):
        scene.vault.open(*place, sealed)


def test_a_key_row_that_was_moved_to_another_person_opens_nothing(scene: Scene) -> None:
    stolen = scene.vault._keyring.read(ANA)
    assert stolen is not None
    assert stolen.wrapped is not None

    with pytest.raises(SealBroken):
        scene.kms.unwrap(BEA, stolen.wrapped)


def test_one_key_is_unwrapped_once_for_many_fields(scene: Scene) -> None:
    sealed = [scene.vault.seal(ANA, f"account/{number}", "text") for number in range(10)]
    opened = [scene.vault.open(ANA, f"account/{number}", each) for number, each in enumerate(sealed)]

    assert opened == ["text"] * 10
    assert scene.trips() == (["GetItem"], ["unwrap"])


@pytest.mark.parametrize(("seconds", "again"), [(KEY_KEPT_SECONDS - 1, False), (KEY_KEPT_SECONDS, True)])
def test_a_key_is_kept_for_minutes_however_often_it_is_used(scene: Scene, seconds: int, again: bool) -> None:
    scene.vault.seal(ANA, "f", "text")
    scene.clock.at += timedelta(seconds=seconds)
    scene.trips()

    scene.vault.seal(ANA, "f", "text")

    assert scene.trips() == ((["GetItem"], ["unwrap"]) if again else ([], []))


def test_only_so_many_keys_are_kept_and_the_longest_unused_goes_first(scene: Scene) -> None:
    people = [f"acc_{number}" for number in range(KEYS_KEPT_MAX)]
    for person in people:
        scene.give_key(person)
        scene.vault.seal(person, "f", "text")
    scene.vault.seal(people[0], "f", "used again")
    scene.vault.seal(ANA, "f", "one too many")
    scene.trips()

    scene.vault.seal(people[0], "f", "kept")
    assert scene.trips() == ([], [])
    scene.vault.seal(people[1], "f", "gone")

    assert scene.trips() == (["GetItem"], ["unwrap"])
    assert len(scene.vault._kept) == KEYS_KEPT_MAX


def test_beginning_costs_the_same_for_somebody_new_and_somebody_known(scene: Scene) -> None:
    scene.vault.begin("acc_new")
    trips, calls = scene.trips()
    scene.vault.begin(ANA)
    again, calls_again = scene.trips()

    assert trips == again == ["GetItem"]
    assert (calls, calls_again) == (["make"], ["unwrap"])


def test_nobody_is_given_two_keys(scene: Scene) -> None:
    first, second = scene.vault.begin("acc_new"), scene.vault.begin("acc_new")
    scene.commit(*first.writes)

    with pytest.raises(PersonHasKey):
        scene.commit(*second.writes)


def test_after_an_erasure_nothing_opens_and_nothing_is_sealed(scene: Scene) -> None:
    sealed = scene.vault.seal(ANA, "account/email", "ana@example.com")

    scene.commit(scene.vault.erase(ANA))

    for vault in (scene.vault, scene.container()):
        with pytest.raises(PersonErased):
            vault.open(ANA, "account/email", sealed)
        with pytest.raises(PersonErased):
            vault.seal(ANA, "account/email", "ana@example.com")
        with pytest.raises(PersonErased):
            vault.begin(ANA)
    assert "wrapped" not in next(row for row in scene.dynamo.rows("aval-local-keys") if row["pk"] == ANA)


def test_an_erasure_reaches_a_container_that_still_holds_the_key_within_minutes(scene: Scene) -> None:
    elsewhere = scene.container()
    sealed = elsewhere.seal(ANA, "account/email", "ana@example.com")
    scene.commit(scene.vault.erase(ANA))

    scene.clock.at += timedelta(seconds=KEY_KEPT_SECONDS)

    with pytest.raises(PersonErased):
        elsewhere.open(ANA, "account/email", sealed)


def test_an_erased_person_is_never_given_a_key_again_and_is_erased_twice_without_harm(scene: Scene) -> None:
    late = scene.vault._keyring.put  # whoever read before the erasure
    scene.commit(scene.vault.erase(ANA))
    scene.commit(scene.vault.erase(ANA))
    made = scene.vault._keyring.read(ANA)
    assert made is not None

    with pytest.raises(PersonHasKey):
        scene.commit(late(made))


def test_one_persons_erasure_leaves_the_others(scene: Scene) -> None:
    sealed = scene.vault.seal(BEA, "account/email", "bea@example.com")

    scene.commit(scene.vault.erase(ANA))

    assert scene.container().open(BEA, "account/email", sealed) == "bea@example.com"


@pytest.mark.parametrize("deed", ["begin somebody new", "begin", "seal", "open"])
def test_without_the_key_service_nothing_is_sealed_or_opened(scene: Scene, deed: str) -> None:
    sealed = scene.vault.seal(ANA, "f", "text")
    cold = scene.container()
    scene.kms.down = True
    deeds = {
        "begin somebody new": lambda: cold.begin("acc_new"),
        "begin": lambda: cold.begin(ANA),
        "seal": lambda: cold.seal(ANA, "f", "text"),
        "open": lambda: cold.open(ANA, "f", sealed),
    }

    with pytest.raises(Unavailable):
        deeds[deed]()

    scene.kms.down = False
    assert cold.open(ANA, "f", sealed) == "text"


def test_no_nonce_is_used_twice(scene: Scene) -> None:
    """Over a hundred thousand sealings of one text under one key, with the randomness that the product uses."""
    scene.vault._random_bytes = os.urandom

    sealed = [scene.vault.seal(ANA, "f", "text") for _ in range(SEALINGS)]

    heads = {each[: 4 * (1 + NONCE_BYTES) // 3] for each in sealed}  # the version and all but a bit of the nonce
    assert len(heads) == len(set(sealed)) == SEALINGS
    assert {each[:1] for each in sealed} == {"A"}  # version 1
    assert VERSION == 1


class TestBlindIndex:
    def test_equal_texts_have_equal_entries_that_do_not_tell_them(self, scene: Scene) -> None:
        first, second = scene.vault.blind("ana@example.com"), scene.container().blind("ana@example.com")

        assert first == second
        assert first.startswith("v1.")
        assert "ana" not in first
        assert first != scene.vault.blind("bea@example.com")

    def test_without_the_key_an_entry_cannot_be_made(self, scene: Scene) -> None:
        other = vault_for(scene.clock, scene.kms, FixedBlindKeys(held={"1": "another key"}))

        assert other.blind("ana@example.com") != scene.vault.blind("ana@example.com")

    @pytest.mark.parametrize("keys", [{}, {"1": ""}])
    def test_no_entry_is_made_under_no_key(self, scene: Scene, keys: dict[str, str]) -> None:
        with pytest.raises(Unavailable):
            vault_for(scene.clock, scene.kms, FixedBlindKeys(held=keys)).blind("ana@example.com")

    def test_while_keys_change_a_text_is_looked_up_under_each_and_written_under_the_current_one(
        self, scene: Scene
    ) -> None:
        before = scene.vault.blind("ana@example.com")
        keys = {"1": FixedBlindKeys().keys["1"], "2": "a newer key"}
        changing = vault_for(scene.clock, scene.kms, FixedBlindKeys(current="2", held=keys))

        entries = changing.blinds("ana@example.com")

        assert entries == (changing.blind("ana@example.com"), before)
        assert entries[0].startswith("v2.")
