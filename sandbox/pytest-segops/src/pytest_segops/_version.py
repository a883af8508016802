"""The release of the plugin, which is also the release of the sandbox that it installs."""

from __future__ import annotations

__version__ = "1.0.0"
