"""The Python SDK's side of the protocol; ``python -m segops_parity.drivers.python`` speaks it on standard streams."""
