"""Sellers beyond their application: verification, the trader checklist, teams."""

from marketplace.wiring.people import People


class Selling(People):
    """Sellers beyond their application: verification, the trader checklist, teams."""
