"""What is asked of disputes, on the wire."""
