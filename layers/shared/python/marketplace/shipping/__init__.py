"""Parcels: which order a tracking number is, what carriers say of it, and whether sellers keep their promises."""
