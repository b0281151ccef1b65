"""Giving back what was bought: returns, the right of withdrawal, and what of the money goes back for it."""
