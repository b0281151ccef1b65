"""Banks' cases on the wire."""
