"""What an upload form lets through."""

import base64
import hashlib
import json

import pytest

from marketplace.messaging.files import UPLOAD_EXPIRES_SECONDS, S3Uploads

BYTES = b"a picture"
DECLARED = {
    "content_type": "image/webp",
    "size_bytes": len(BYTES),
    "sha256": hashlib.sha256(BYTES).hexdigest(),
}


@pytest.fixture
def form(monkeypatch):
    for name, value in {
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_DEFAULT_REGION": "eu-south-2",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return S3Uploads("a-bucket").form("photos/lst_1/pho_1", **DECLARED)


def conditions(form) -> list:
    return json.loads(base64.b64decode(form.fields["policy"]))["conditions"]


def test_the_form_takes_exactly_the_declared_key_type_and_checksum(form) -> None:
    checksum = base64.b64encode(hashlib.sha256(BYTES).digest()).decode()

    expected = {
        "bucket": "a-bucket",
        "key": "photos/lst_1/pho_1",
        "Content-Type": "image/webp",
        "x-amz-checksum-algorithm": "SHA256",
        "x-amz-checksum-sha256": checksum,
    }
    exact = {name: value for it in conditions(form) if isinstance(it, dict) for name, value in it.items()}
    assert expected == {name: exact[name] for name in expected}
    assert {"Content-Type": "image/webp", "x-amz-checksum-sha256": checksum}.items() <= form.fields.items()


def test_the_form_takes_no_more_bytes_than_declared(form) -> None:
    assert ["content-length-range", 1, len(BYTES)] in conditions(form)


def test_the_form_names_the_regional_bucket_and_expires(form) -> None:
    assert form.url == "https://a-bucket.s3.eu-south-2.amazonaws.com/"
    assert form.expires_in_seconds == UPLOAD_EXPIRES_SECONDS == 600
