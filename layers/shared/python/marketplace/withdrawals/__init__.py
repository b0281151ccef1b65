"""The right of withdrawal as a public function: no account needed to use it, and nothing told to who asks."""
