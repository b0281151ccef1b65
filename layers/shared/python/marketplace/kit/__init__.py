"""Leaf values that every room may use; standard library only."""
