"""What the parties of an order say of each other, once it has ended."""
