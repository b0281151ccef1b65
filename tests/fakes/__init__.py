"""Stand-ins for what lies outside the process: exact, fast and replayable."""
