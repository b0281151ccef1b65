"""What differs from one deployment to the next, read once from the function's environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Settings:
    """A function's environment as values; what a function is not given stays empty and fails on use."""

    stage: str = "local"
    table_prefix: str = "aval-local"
    queues: Mapping[str, str] = field(default_factory=dict)  # payments, fraud, notifications, escrow -> URL
    state_machine_arn: str = ""
    stripe_secret_id: str = ""
    stripe_api_base: str = ""
    mark_secret_id: str = ""
    blind_secret_id: str = ""
    carrier_secret_id: str = ""
    data_key_id: str = ""  # the KMS key under which people's keys are wrapped
    mail_from: str = ""
    public_url: str = "http://localhost:3000"
    uploads_bucket: str = ""
    admin_emails: frozenset[str] = frozenset()
    timers: str = ""
    recovery_delay_seconds: int | None = None  # None: the product's own (factors/model.py)
    signing_key_id: str = ""  # the KMS key that signs proofs of solvency
    operator_name: str = ""  # who invoices commissions, as its invoices must say
    operator_address: tuple[str, ...] = ()  # its lines
    operator_tax_id: str = ""
    vat_country: str = ""  # where the marketplace is registered for VAT: ISO 3166-1 alpha-2, "" for nowhere
    refund_cost_bearer: str = "platform"  # or "seller": who bears what Stripe keeps of refunded payments

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the variables that infra/template.yaml sets."""
        stage = environment.get("STAGE", "local")
        queues = {name: environment.get(f"QUEUE_{name.upper()}_URL", "") for name in QUEUES}
        return cls(
            stage=stage,
            table_prefix=environment.get("TABLE_PREFIX", f"aval-{stage}"),
            queues={name: url for name, url in queues.items() if url},
            state_machine_arn=environment.get("STATE_MACHINE_ARN", ""),
            stripe_secret_id=environment.get("STRIPE_SECRET_ID", ""),
            mark_secret_id=environment.get("MARK_SECRET_ID", ""),
            blind_secret_id=environment.get("BLIND_SECRET_ID", ""),
            carrier_secret_id=environment.get("CARRIER_SECRET_ID", ""),
            data_key_id=environment.get("DATA_KEY_ID", ""),
            stripe_api_base=environment.get("STRIPE_API_BASE", ""),
            mail_from=environment.get("MAIL_FROM", ""),
            public_url=environment.get("PUBLIC_URL", "http://localhost:3000").rstrip("/"),
            uploads_bucket=environment.get("BUCKET_UPLOADS", ""),
            admin_emails=_words(environment.get("ADMIN_EMAILS", "")),
            timers=environment.get("TIMERS", ""),
            recovery_delay_seconds=_seconds(environment.get("RECOVERY_DELAY_SECONDS", "")),
            signing_key_id=environment.get("SIGNING_KEY_ID", ""),
            operator_name=environment.get("OPERATOR_NAME", "").strip(),
            operator_address=_lines(environment.get("OPERATOR_ADDRESS", "")),
            operator_tax_id=environment.get("OPERATOR_TAX_ID", "").strip(),
            vat_country=environment.get("VAT_COUNTRY", "").strip().upper(),
            refund_cost_bearer=environment.get("REFUND_COST_BEARER", "platform"),
        )


QUEUES = ("payments", "fraud", "notifications", "escrow")


def _seconds(text: str) -> int | None:
    return int(text) if text.strip() else None


def _lines(text: str) -> tuple[str, ...]:
    """Read lines that a "|" separates: an environment variable has one line."""
    return tuple(line.strip() for line in text.split("|") if line.strip())


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in text.split(",") if word.strip())
