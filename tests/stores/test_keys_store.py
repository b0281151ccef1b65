"""The table of keys and the key service's adapter, on the in-memory DynamoDB and on moto."""

from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import botocore.session
import pytest
from botocore.stub import Stubber

from marketplace.kit.errors import Unavailable
from marketplace.messaging.kms import KmsKeyWrapping
from marketplace.storage.transaction import DynamoTransactions
from marketplace.vault.model import PersonErased, PersonHasKey, PersonKey, SealBroken
from marketplace.vault.store import DynamoKeyring
from tests.fakes.strict_moto import strict_moto
from tests.stores.backends import NAMES, backend_of

NOW = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)
KEY = PersonKey("acc_1", b"wrapped \x00\xff", NOW)


@pytest.fixture(params=NAMES)
def keyring(request: pytest.FixtureRequest) -> Iterator[DynamoKeyring]:
    with backend_of(request.param):
        yield DynamoKeyring()


def _commit(write) -> None:
    DynamoTransactions(pause=lambda _: None).commit([write])


def test_a_key_is_read_as_it_was_stored(keyring) -> None:
    _commit(keyring.put(KEY))

    assert keyring.read("acc_1") == KEY
    assert keyring.read("acc_2") is None


def test_a_person_has_one_key(keyring) -> None:
    _commit(keyring.put(KEY))

    with pytest.raises(PersonHasKey):
        _commit(keyring.put(PersonKey("acc_1", b"another", NOW)))

    assert keyring.read("acc_1") == KEY


def test_a_destroyed_key_leaves_a_mark_and_no_room_for_another(keyring) -> None:
    _commit(keyring.put(KEY))

    _commit(keyring.destroy("acc_1", NOW))

    assert keyring.read("acc_1") == PersonKey("acc_1", None, NOW, erased_at=NOW)
    with pytest.raises(PersonHasKey):
        _commit(keyring.put(KEY))


def test_nobodys_key_is_not_destroyed(keyring) -> None:
    with pytest.raises(PersonErased):
        _commit(keyring.destroy("acc_1", NOW))


class TestKeyService:
    @pytest.fixture
    def wrapping(self) -> Iterator[KmsKeyWrapping]:
        with strict_moto():
            client = boto3.client("kms", region_name="eu-west-1")
            key_id = client.create_key()["KeyMetadata"]["KeyId"]
            yield KmsKeyWrapping(key_id, lambda: client)

    def test_a_wrapped_key_is_opened_for_its_person(self, wrapping) -> None:
        made = wrapping.make("acc_1")

        assert wrapping.unwrap("acc_1", made.wrapped) == made.plain
        assert len(made.plain) == 32
        assert made.plain not in made.wrapped

    def test_a_wrapped_key_is_opened_for_nobody_else(self, wrapping) -> None:
        made = wrapping.make("acc_1")

        with pytest.raises(SealBroken):
            wrapping.unwrap("acc_2", made.wrapped)

    def test_each_person_has_another_key(self, wrapping) -> None:
        assert wrapping.make("acc_1").plain != wrapping.make("acc_2").plain

    @pytest.mark.parametrize("code", ["KMSInternalException", "ThrottlingException", "AccessDeniedException"])
    @pytest.mark.parametrize("deed", ["generate_data_key", "decrypt"])
    def test_whatever_the_service_refuses_is_a_failure_that_may_pass(self, code: str, deed: str) -> None:
        client = botocore.session.get_session().create_client(
            "kms", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        wrapping = KmsKeyWrapping("key", lambda: client)
        with Stubber(client) as stubber:
            stubber.add_client_error(deed, code)

            with pytest.raises(Unavailable):
                wrapping.make("acc_1") if deed == "generate_data_key" else wrapping.unwrap("acc_1", b"wrapped")

    def test_the_context_names_the_person_and_the_purpose(self) -> None:
        client = botocore.session.get_session().create_client(
            "kms", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        context = {"person": "acc_1", "purpose": "personal-fields"}
        answer = {"Plaintext": b"p" * 32, "CiphertextBlob": b"wrapped"}
        with Stubber(client) as stubber:
            asked = {"KeyId": "key", "KeySpec": "AES_256", "EncryptionContext": context}
            stubber.add_response("generate_data_key", answer, asked)
            asked = {"KeyId": "key", "CiphertextBlob": b"wrapped", "EncryptionContext": context}
            stubber.add_response("decrypt", {"Plaintext": b"p" * 32}, asked)

            made = KmsKeyWrapping("key", lambda: client).make("acc_1")
            opened = KmsKeyWrapping("key", lambda: client).unwrap("acc_1", made.wrapped)

        assert (made.wrapped, opened) == (b"wrapped", made.plain)
