"""Sellers' earnings on their way to the bank: balances, reserves, holds, payouts, and the switch that stops them."""
