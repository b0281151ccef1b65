"""Time-based one-time codes (RFC 6238); the only importer of pyotp."""

from datetime import datetime

from marketplace.factors.ports import STEP_SECONDS

ISSUER = "Aval"
WINDOW_STEPS = 1  # before and after the present 30 s: clocks and thumbs are slow
DRIFT_STEPS_MAX = 20  # ten minutes: how far a wrong clock is recognised, never accepted


class PyotpTimeCodes:
    """Six digits, thirty seconds, SHA-1: what every authenticator app understands."""

    def address(self, secret: str, email: str) -> str:
        import pyotp  # noqa: PLC0415 - 20 ms that only a second factor should pay

        return pyotp.TOTP(secret, name=email, issuer=ISSUER).provisioning_uri()

    def step_of(self, secret: str, code: str, now: datetime) -> int | None:
        return _step_within(secret, code, now, WINDOW_STEPS)

    def drift_seconds(self, secret: str, code: str, now: datetime) -> int | None:
        step = _step_within(secret, code, now, DRIFT_STEPS_MAX)
        return None if step is None else (step - int(now.timestamp()) // STEP_SECONDS) * STEP_SECONDS


def _step_within(secret: str, code: str, now: datetime, window_steps: int) -> int | None:
    import pyotp  # noqa: PLC0415
    from pyotp.exceptions import OTPVerificationError  # noqa: PLC0415

    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=now, valid_window=window_steps)
    except OTPVerificationError:
        return None
