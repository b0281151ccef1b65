"""What an account's owner is told of its safety: the log, and the judgement of each sign-in."""
