"""Infrastructure: the templates, and the local cloud that runs them."""
