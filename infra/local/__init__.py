"""The offline cloud: the real templates on an emulator of AWS, and a Stripe that behaves like Stripe, on a laptop."""
