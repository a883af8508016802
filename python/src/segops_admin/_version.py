"""The version of this release, in the one place that says so; the build reads it here."""

__version__ = "1.0.0"
