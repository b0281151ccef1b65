"""What operators see of disputes, on the wire."""
