"""What was decided about somebody, on which ground, and what they can do about it."""
