"""Where sellers can be paid: where a European platform can send transfers to (Stripe: cross-border transfers)."""

_EEA = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
_BEYOND = "CA CH GB US"

SELLER_COUNTRIES = frozenset(f"{_EEA} {_BEYOND}".split())  # ISO 3166-1 alpha-2
