"""The drivers: programs that make an SDK do what the runner asks for, over JSON lines. One folder per language."""
