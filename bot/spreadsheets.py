"""Rows for spreadsheets: whatever people or AWS wrote stays text, and is never a formula."""

import csv
import unicodedata
from collections.abc import Iterable
from io import StringIO
from typing import Any

from bot.values import folded

#: With these a text may begin, beside letters, digits and pictures; a formula begins with none.
_PLAIN = frozenset("\"#$%&'()*,./:;<>?[]^_`{|}~!")


def csv_line(cells: Iterable[Any]) -> str:
    """One row of a CSV file, with its end. Numbers stay numbers, None is empty.

    Text is always quoted: a spreadsheet that separates cells otherwise would begin a new one in it.
    """
    line = StringIO()
    csv.writer(line, quoting=csv.QUOTE_NONNUMERIC).writerow(map(_cell, cells))
    return line.getvalue()


def _cell(value: Any) -> Any:
    """OWASP ASVS 1.2.10; but what is harmless is listed here, and not what is dangerous.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{value}" if isinstance(value, str) and not _is_plain(value) else value


def _is_plain(text: str) -> bool:
    """As it stands and as it is seen: blanks, what shows nothing and width hide a sign."""
    return not text or all(_begins_plainly(one) for one in (text, folded(text)))


def _begins_plainly(text: str) -> bool:
    kind = unicodedata.category(text[0]) if text else ""
    return kind[:1] in ("L", "N") or kind == "So" or text[:1] in _PLAIN
