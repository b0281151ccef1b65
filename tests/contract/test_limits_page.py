"""docs/security/limits.md says exactly what the code counts; `python -m tests.contract.test_limits_page` writes it."""

from pathlib import Path

from marketplace.accounts.history import DEVICE_KEPT_SECONDS, DEVICES_MAX
from marketplace.accounts.limits import Limit, Limits
from marketplace.accounts.mailed import (
    MAIL_CODE_DIGITS,
    MAIL_CODE_KEPT_SECONDS,
    NOT_ME_KEPT_SECONDS,
    RESET_KEPT_SECONDS,
)
from marketplace.accounts.model import SESSION_IDLE_SECONDS, SESSION_KEPT_SECONDS
from marketplace.accounts.password_rules import (
    PASSWORD_LENGTH_MAX,
    PASSWORD_LENGTH_MIN,
    PASSWORD_LENGTH_MIN_WITH_FACTOR,
)
from marketplace.payments.refund_limits import published as refund_limits
from marketplace.security.risk import (
    FAILURES_MIN,
    RISK_ASKS,
    RULES,
    SPEED_MAX_KMH,
    SPRAY_ACCOUNTS_MIN,
    STUFFING_ACCOUNTS_MIN,
)

PAGE = Path(__file__).parents[2] / "docs" / "security" / "limits.md"
DAY_SECONDS = 86_400
SUBJECTS = {
    "password_by_email": "the address that was typed, on devices that the account does not know",
    "password_by_device": "the account and one device that it knows",
    "password_by_ip": "the network address, on devices that the account does not know",
    "password_by_account": "the account, beside a session or a mailed link",
    "factor_by_account": "the account, on devices that it does not know",
    "factor_by_device": "the account and one device that it knows",
    "factor_by_ip": "the network address, on devices that the account does not know",
    "signup_by_ip": "the network address",
    "mail_by_email": "the address that is written to",
    "reset_by_email": "the address that is written to",
    "reset_by_ip": "the network address",
    "withdrawal_by_ip": "the network address",
    "withdrawal_by_email": "the address that is given; beyond it a statement counts, and is not mailed about",
}
MEANINGS = {
    "new_device": "the account does not know the device",
    "new_place": "a country that no earlier sign-in came from",
    "impossible_travel": f"faster than {SPEED_MAX_KMH} km/h from the place of the last sign-in",
    "stuffing": f"an unknown device, and {STUFFING_ACCOUNTS_MIN} accounts failed from its address within the hour",
    "spray": f"an unknown device, and {SPRAY_ACCOUNTS_MIN} accounts failed from its network within the hour",
    "failures": f"an unknown device, and {FAILURES_MIN} failures in succession on this account",
}


def span(seconds: int) -> str:
    for unit, size in (("d", DAY_SECONDS), ("h", 3_600), ("min", 60)):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def limit_row(group: str, limit: Limit) -> str:
    window = "in succession, until one succeeds" if limit.in_succession else span(limit.window_seconds)
    counted = "failures" if limit.failures_only else "all"
    fails = "closed" if limit.fails_closed else "open"
    return (
        f"| `{limit.name}` | {SUBJECTS[group]} | {counted} | {limit.attempts_max} | {window} | {fails}: {limit.why} |"
    )


def page() -> str:
    limits = "\n".join(limit_row(group, limit) for group, limit in Limits().every())
    rules = "\n".join(f"| `{rule.name}` | {MEANINGS[rule.name]} | {rule.points} |" for rule in RULES)
    refunds = "\n".join(f"- {line}" for line in refund_limits("en"))
    return f"""# Limits, and what happens when they cannot be counted

Written from the code by `python -m tests.contract.test_limits_page`, and held equal to it by a test.

Every attempt is counted before anything is hashed or compared, so that any number at once cannot pass together. A limit
fails *closed* when an attempt that cannot be counted is refused, and *open* when it is let through.

| Limit | Counts by | What | At most | In | Fails |
| --- | --- | --- | --- | --- | --- |
{limits}

A device that the account knows (at most {DEVICES_MAX}, each for {span(DEVICE_KEPT_SECONDS)} after its last sign-in)
meets its own counters alone: what strangers do to the address or the network never locks it out. Where the hard stop
closed new devices, a sign-in on a known device, a passkey, or a new password by mail opens them again.

## Unusual sign-ins

| Rule | Holds when | Points |
| --- | --- | --- |
{rules}

From {RISK_ASKS} points on the password alone is not enough: the second factor is asked for, which it is anyway, or,
where there is none, a code of {MAIL_CODE_DIGITS} digits from the mailbox, good once for {span(MAIL_CODE_KEPT_SECONDS)}.
The log of the account names the rules that held.

## How long things last

| What | How long |
| --- | --- |
| A password | {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters; from {PASSWORD_LENGTH_MIN_WITH_FACTOR} \
beside a second factor |
| The link of a new password | {span(RESET_KEPT_SECONDS)}, once |
| The link for "this was not me" | {span(NOT_ME_KEPT_SECONDS)}, once |
| A session | {span(SESSION_KEPT_SECONDS)}; {span(SESSION_IDLE_SECONDS)} without use |

## What a seller gives back alone

In minor units; where it cannot be counted, nothing is refunded.

{refunds}
"""


def test_the_page_says_what_the_code_does():
    assert PAGE.read_text() == page()


def test_every_limit_says_why_it_fails_as_it_does():
    assert all(limit.why for _, limit in Limits().every())
    assert {group for group, _ in Limits().every()} == set(SUBJECTS)


def test_what_guards_a_factor_a_payout_or_a_reset_fails_closed():
    guarded = [
        limit for group, limit in Limits().every() if group.startswith(("factor", "reset", "password_by_account"))
    ]

    assert guarded
    assert all(limit.fails_closed for limit in guarded)


def test_whatever_a_person_may_be_locked_out_by_has_a_hard_stop_of_a_hundred():
    stops = {limit.name: limit.attempts_max for _, limit in Limits().every() if limit.in_succession}

    assert stops == {"password-stop": 100, "password-device-stop": 100}


if __name__ == "__main__":
    PAGE.write_text(page())
