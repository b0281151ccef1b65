"""Suspicion with reasons: rules over an order's facts, a receipt for every decision, people with the last word."""
