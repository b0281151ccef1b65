"""Who people are: accounts, sessions, second factors, and sellers."""
