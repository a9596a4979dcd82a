"""How the team does: figures of a stretch of time beside those of as much time before it.

How sure they are, and what they say in words and in a picture. Pure: it reads nothing.
"""

from bot.reports._figures import Figure, ReportFigures, findings
from bot.reports._picture import chart
from bot.reports._words import changes, sentences, span_of, table, title_of

__all__ = [
    "Figure",
    "ReportFigures",
    "changes",
    "chart",
    "findings",
    "sentences",
    "span_of",
    "table",
    "title_of",
]
