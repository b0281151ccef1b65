"""What comes with selling: what traders must say of themselves, what may be put on sale, and who acts for a seller."""
