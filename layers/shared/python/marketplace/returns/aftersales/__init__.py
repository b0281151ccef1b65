"""Exchanges and claims, as clients see them."""
