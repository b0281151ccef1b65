"""Disputes: what each side says and shows, and what is decided."""
