"""What happened in disputes, on the wire."""
