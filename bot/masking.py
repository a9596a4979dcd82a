"""Takes secrets out of text and values before they are written: audit rows, reasons, logs."""

import re
from typing import Any

MASK = "[masked]"

_SECRET_NAME = r"(?:passw(?:or)?d|passphrase|pwd|secret|token|credential|(?:api|access)[_-]?key)"

_TOKENS = re.compile(
    r"xox[abeprs](?:\.xox[abeprs])?-[\w-]+"  # Slack: bot, user, legacy, refresh and export tokens
    r"|xapp-[\w-]+"  # Slack: app-level tokens
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # AWS: long-lived and temporary access key ids
    r"|\beyJ[\w-]{8,2000}\.[\w-]{8,}\.[\w-]*"  # JSON web tokens; a bound, so that time is linear
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
)
# The name may go on before and after its telling part; what stands before is left alone anyway.
_PAIRS = re.compile(
    rf"""(?i)(?P<name>{_SECRET_NAME}[\w-]{{0,40}}["']?\s*[:=]\s*)"""
    r"""(?P<value>"[^"]*"|[NE]?'(?:[^']|'')*'|[^\s,;&"']+)"""
)
# SQL that makes or changes a user: the secret stands between quotes after the keyword.
_STATEMENTS = re.compile(
    r"""(?i)(?P<start>\b(?:PASSWORD(?:\s+FOR\s+\S+)?(?:\s*[=(]\s*|\s+)(?:PASSWORD\s*\(\s*)?"""
    r"""|IDENTIFIED\s+(?:(?:WITH|VIA)\s+\S+\s+)?(?:BY|AS|USING)\s+))"""
    r"""(?:[NE]?'(?:[^']|'')*'?|"[^"]*"?|\$\w*\$[\s\S]*?(?:\$\w*\$|\Z))"""
)
# RFC 6750, in a header or alone; alone it has a digit or is long, as few words after it are.
_BEARER = re.compile(
    r"""(?i)(?P<start>\bAuthorization["']?\s{0,4}[:=]\s{0,4}["']?(?:Bearer|Basic)\s{1,4}"""
    r"""|\bBearer\s{1,4}(?=[\w.~+/-]{20}|[^\s\d]{0,19}\d))[\w.~+/-]+=*"""
)
_USER_INFO = re.compile(r"(?P<start>\b[a-z][a-z0-9+.-]{0,20}://[^\s:/@]*:)[^\s/@]+@", re.IGNORECASE)
_SECRET_KEY = re.compile(_SECRET_NAME, re.IGNORECASE)


def mask(text: str) -> str:
    """The text with tokens, access keys, passwords of URLs and ``password=…`` values replaced."""
    text = _TOKENS.sub(MASK, text)
    text = _STATEMENTS.sub(rf"\g<start>{MASK}", text)
    text = _BEARER.sub(rf"\g<start>{MASK}", text)
    text = _USER_INFO.sub(rf"\g<start>{MASK}@", text)
    return _PAIRS.sub(rf"\g<name>{MASK}", text)


def masked(value: Any) -> Any:
    """The same for a JSON value: every string, and whatever stands under a secret's name."""
    match value:
        case str():
            return mask(value)
        case dict():
            return {name: _under(name, inner) for name, inner in value.items()}
        case list() | tuple():
            return [masked(inner) for inner in value]
        case _:
            return value


def _under(name: str, value: Any) -> Any:
    if isinstance(value, str) and value and _SECRET_KEY.search(name):
        return MASK
    return masked(value)
