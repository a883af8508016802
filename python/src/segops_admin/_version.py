"""Which release is this? The one place that says so; the build reads it here."""

__version__ = "1.0.0"
