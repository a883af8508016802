"""Events on their way in: what is accepted, which of it is a bot's, and how it is stored."""
