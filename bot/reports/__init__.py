"""How the team does: figures of a stretch of time beside those of as much time before it.

How sure they are, and what they say in words and in a picture. Pure: it reads nothing.
"""

from bot.reports._brief import brief, brief_title, is_small
from bot.reports._figures import Figure, ReportFigures, findings
from bot.reports._picture import chart
from bot.reports._words import changes, methods, sentences, span_of, table, title_of

__all__ = [
    "Figure",
    "ReportFigures",
    "brief",
    "brief_title",
    "changes",
    "chart",
    "findings",
    "is_small",
    "methods",
    "sentences",
    "span_of",
    "table",
    "title_of",
]
