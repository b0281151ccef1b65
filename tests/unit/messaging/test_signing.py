"""Signing by KMS: what is asked of it is what AWS documents; what fails may be repeated."""

import hashlib

import pytest
from botocore.stub import Stubber

from marketplace.kit.errors import Unavailable
from marketplace.messaging.signing import KmsSigner

KEY = "arn:aws:kms:eu-west-1:123456789012:key/0000"


@pytest.fixture
def signer(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return KmsSigner(KEY)


def test_the_digest_is_signed_so_that_a_message_may_be_long(signer):
    message = b"x" * 10_000
    asked = {
        "KeyId": KEY,
        "Message": hashlib.sha256(message).digest(),
        "MessageType": "DIGEST",
        "SigningAlgorithm": "ECDSA_SHA_256",
    }

    with Stubber(signer._client) as kms:
        kms.add_response("sign", {"Signature": b"der"}, asked)

        assert signer.sign(message) == b"der"


def test_the_public_key_is_read_once(signer):
    with Stubber(signer._client) as kms:
        kms.add_response("get_public_key", {"PublicKey": b"spki"}, {"KeyId": KEY})

        assert signer.public_key() == signer.public_key() == b"spki"


def test_a_refusal_is_no_signature(signer):
    with Stubber(signer._client) as kms:
        kms.add_client_error("sign", "KMSInternalException")

        with pytest.raises(Unavailable):
            signer.sign(b"x")
