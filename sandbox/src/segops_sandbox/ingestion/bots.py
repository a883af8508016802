"""Bots: the class of whoever sent an event, by the user agent. https://segops.ai/docs/identity-resolution

Nothing is rejected for it; the class is stored with the event. A server that forwards events is not suspicious.
"""

from __future__ import annotations

import re
from typing import Final

# The first as `Event.HUMAN`, without the need of a database.
HUMAN, KNOWN_BOT, AI_AGENT, SUSPICIOUS = "human", "known_bot", "ai_agent", "suspicious"

# Programs that act for a person, in a conversation or a browser of their own.
_AGENTS: Final = re.compile(r"chatgpt-user|claude-user|perplexity-user|operator/|mistralai-user", re.IGNORECASE)
# The crawlers that the platform names, and how the others of their kind call themselves.
_CRAWLERS: Final = re.compile(
    r"googlebot|bingbot|gptbot|claudebot|perplexitybot|\b\w*(?:bot|crawler|spider)\b", re.IGNORECASE
)
_AUTOMATED: Final = re.compile(r"headless|phantomjs|selenium|puppeteer|playwright", re.IGNORECASE)


def classify(user_agent: str) -> str:
    """The bot class of a request by its `User-Agent`."""
    if _AGENTS.search(user_agent):
        return AI_AGENT
    if _CRAWLERS.search(user_agent):
        return KNOWN_BOT
    return SUSPICIOUS if _AUTOMATED.search(user_agent) else HUMAN
