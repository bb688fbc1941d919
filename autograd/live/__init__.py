"""live: the page in which the chain rule moves."""
