"""AI visibility: simulated answers, what they mention, and the figures drawn from them."""
