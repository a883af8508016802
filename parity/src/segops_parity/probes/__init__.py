"""Probes: odd inputs, drawn from the kinds of the contract, put to both SDKs and both command lines.

``areas`` draws them, ``pair`` asks both languages, ``comparing`` finds what differs, ``searching`` shrinks a
difference to the smallest input that shows it, ``printing`` writes that down as a case for ``parity/scenarios``.
"""

__all__ = ["COUNT", "SEED"]

SEED = 1
COUNT = 3300
"""What `make parity` draws, and what mutants of sources are shown."""
