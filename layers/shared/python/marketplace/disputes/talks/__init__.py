"""What is said in disputes, on the wire."""
