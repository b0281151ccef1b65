"""Telling people what happened to them: an inbox, and mail for what cannot wait."""
