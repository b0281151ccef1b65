"""What can go wrong for the person at the keyboard: one plain sentence, and what to do about it."""


class Trouble(Exception):
    """Stop the local cloud and say `sentence`, then `advice`."""

    def __init__(self, sentence: str, advice: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.advice = advice
