"""Secrets that are known by their own look, wherever they stand."""

import re
from collections.abc import Iterable, Iterator, Mapping

from bot.masking._prefixes import OURS, SCANNERS

Span = tuple[int, int]  #: where a secret begins, and where the text goes on

_FEW = 10  #: characters that tell after a long head with an end of its own, such as ``glpat-``
_HEADS = {
    **{head: least for head, least in SCANNERS.items() if not head.startswith(tuple(OURS))},
    **OURS,
}
_TAIL = r"(?:[\w-]|[.+/=~%](?=[\w+/=%-])|:(?=[\w-]{8}))"


def _either(words: Iterable[str]) -> str:
    """A pattern of all the words that looks at each letter once."""
    by_letter: dict[str, list[str]] = {}
    for word in words:
        by_letter.setdefault(word[:1], []).append(word[1:])
    ends = by_letter.pop("", None) is not None
    if not by_letter:
        return ""
    inner = "|".join(re.escape(letter) + _either(rest) for letter, rest in by_letter.items())
    return f"(?:{inner}){'?' if ends else ''}"


_HEAD = re.compile(f"({_either(_HEADS)})(?={_TAIL}{{8}})")
_REST = re.compile(f"{_TAIL}{{8,5000}}+=*")
#: A word begins where no letter stands before it that is not an escape of JSON or of a URL.
_ESCAPED = re.compile(r"(?:\\[nrt]|%[0-9A-F]{2})\Z")

# To what each look needs in small letters, as substrings are found far faster than patterns. Of a
# pattern with a group that is masked alone.
_ADDRESS = r"[^\s\"'<>|)\\]+"
_LOOKS: Mapping[str, str] = {
    "xox": r"xox[a-z](?:\.xox[a-z])?-[\w-]+",  # Slack
    "xapp-": r"xapp-[\w-]+",
    "a": r"A(?:KIA|SIA|BIA|CCA)(?<!\wA...)[A-Z0-9]{16}\b",  # AWS: ids of access keys
    # JSON web tokens, and the same in base64
    "eyj": r"eyJ(?<![\w-]eyJ)(?:[\w-]{8,4000}+\.[\w-]{8,4000}+\.[\w-]*)",
    "zxlk": r"ZXlK(?<!\wZXlK)[\w+/-]{40,}+=*",
    "private key": r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
    "private-lines:": r"Private-Lines: ?\d+"  # PuTTY
    r"(?:(?:\s|\\{1,4}[nr])+[A-Za-z0-9+/=]{4,64}(?![\w:-]))++",
    # hashes of passwords: PostgreSQL, Django, crypt, LDAP, MySQL, SQL Server
    "scram-sha-": r"SCRAM-SHA-\d+\$\d+:[^\s'\"]+",
    "md5": r"md5(?<!\wmd5)[0-9a-f]{32}\b",
    "$": r"(?<![\w$])(?:pbkdf2_sha\d+|argon2|bcrypt(?:_sha256)?|scrypt)\$[^\s'\"]{8,}",
    "$ ": r"\$(?:\d[abxy]?|apr1|argon2\w{0,2}|pbkdf2[\w-]{0,12}|scrypt|sm3|gy?|y|P|H|A)"
    r"\$(?:[^\s'\",;:]|,(?=[a-z]=)){8,}",
    "{": r"\{(?:S?SHA\d*|S?MD5|CRYPT)\}[\w+/=$.]{8,}",
    "*": r"\*(?<![\w*]\*)[0-9A-F]{40}\b",
    "0x0": r"0x0[12]00(?<!\w0x0.00)[0-9A-Fa-f]{40,}",
    "sk": r"SK(?<!\wSK)[0-9a-f]{32}\b",  # Twilio
    "key-": r"key-(?<!\wkey-)[0-9a-f]{32}\b",  # Mailgun
    "-us": r"(?<!\w)[0-9a-f]{32}-us\d{1,2}\b",  # Mailchimp
    "nral": r"(?<!\w)[0-9a-f]{32,36}NRAL\b",  # New Relic
    ":aa": r"(?<!\d)\d{8,10}:AA[\w-]{33}(?![\w-])",  # Telegram
    ".": r"[MNO](?<!\w[MNO])[\w-]{23,27}+\.[\w-]{6}\.[\w-]{27,}",  # Discord
    "q~": r"(?<![\w~.])[\w~.]{3}\dQ~[\w~.-]{31,34}",  # Azure: clients' secrets
    "==": r"(?<![\w+/])[A-Za-z0-9+/]{86}==",  # Azure: keys of accounts
    ".atlasv1.": r"(?<!\w)[a-z0-9]{14}\.atlasv1\.[\w-]{20,}",  # Terraform
    "s.": r"s\.(?<![\w.]s\.)[A-Za-z0-9]{24}\b",  # Vault, before
    "1//0": r"1//0(?<![\w/]1//0)[\w-]{20,}",  # Google: refresh tokens
    "apa91b": r"APA91b[\w-]{40,}",  # Firebase
    "|": r"\|(?<=\d{15}\|)[\w-]{27,40}",  # Facebook
    # addresses that whoever knows them may post to
    "hooks.slack": rf"(?i)hooks\.slack(?:-gov)?\.com/[a-z]{{1,20}}/(?P<slack>{_ADDRESS})",
    "discord": rf"(?i)discord(?:app)?\.com/api/(?:v\d+/)?webhooks/(?P<discord>{_ADDRESS})",
    "webhook.office": rf"(?i)\.webhook\.office\.com/(?P<teams>{_ADDRESS})",
    "outlook.office": rf"(?i)outlook\.office(?:365)?\.com/webhook/(?P<outlook>{_ADDRESS})",
    "telegram.org": r"(?i)api\.telegram\.org/(?:file/)?bot(?P<bot>[^\s\"'<>|)\\/]+)",
    "hook": r"(?i)hooks?\.(?:zapier\.com/hooks|[a-z0-9]{2,5}\.make\.com|integromat\.com)"
    rf"/(?P<bridge>{_ADDRESS})",
    "ifttt.com": rf"(?i)maker\.ifttt\.com/trigger/(?P<maker>{_ADDRESS})",
    "webhook.site": rf"(?i)webhook\.site/(?P<site>{_ADDRESS})",
    "pagerduty.com": rf"(?i)events\.pagerduty\.com/(?:integration|x-ere)/(?P<duty>{_ADDRESS})",
    "hook/": r"(?i)hook/(?P<hook>(?:[\w.@=~-]{1,80}/){0,4}"
    rf"(?=[^\s\d/\"'<>]{{0,40}}\d)[\w.@=~-]{{16,}}{_ADDRESS}?)(?![\w.@=~-])",
    "hooks/": r"(?i)hooks/(?P<hooks>(?:[\w.@=~-]{1,80}/){0,4}"
    rf"(?=[^\s\d/\"'<>]{{0,40}}\d)[\w.@=~-]{{16,}}{_ADDRESS}?)(?![\w.@=~-])",
    # what stands before the @ of an address: a password, or a token alone
    "://": r"://[^\s:/@\"'<>]{0,200}:(?!\*+@)"
    r"(?P<password>[^\s/\"<>]{1,400}|(?!\d{1,5}[/?#])[^\s\"'<>]{1,150}?)@(?=[\w.\[(%*-])",
    "@": r"://(?P<user>(?=[^\s@/\d]{0,40}\d)[\w-]{20,200})@(?=[\w.\[])",
    r":\/\/": r":\\/\\/[^\s:/@\"'<>]{0,200}:(?P<escaped>[^\s/\"<>]{1,400})@",
    # a user's password behind a stroke, as Oracle has it
    "oracle:": r"(?i)oracle:(?:thin|oci8?):[\w$.-]{1,60}/(?P<jdbc>[^\s@\"']{1,200})@",
    "conn": r"(?i)(?<!\w)conn(?:ect)?[ \t]{1,4}[\w$.-]{1,60}/(?P<sql>[^\s@/\"']{1,200})@",
    # what Docker keeps: user and password in base64
    "auth": r"(?<![\w-])auth\\{0,8}\"\s{0,4}:\s{0,4}\\{0,8}\""
    r"(?P<docker>[A-Za-z0-9+/]{16,2000}+={0,2})",
    # the same without a scheme, as MySQL's driver for Go has it
    "@tcp(": r"(?<![\w.-])[\w.-]{1,60}:(?P<driver>[^\s@/]{1,200})@tcp\(",
    "@unix(": r"(?<![\w.-])[\w.-]{1,60}:(?P<driver>[^\s@/]{1,200})@unix\(",
}
_COMPILED = tuple((needle.strip(), re.compile(look)) for needle, look in _LOOKS.items())
#: As long as AWS's secret access keys. What is drawn by chance has all kinds of letters.
_FORTY = re.compile(r"(?<![\w/+=.-])[A-Za-z0-9/+]{40}(?![\w/+=-])")
_DIGIT = re.compile(r"\d")


def shapes(text: str) -> Iterator[Span]:
    yield from _tokens(text)
    small = text.lower()
    for needle, look in _COMPILED:
        if needle in small:
            for found in look.finditer(text):
                yield found.span(found.lastgroup or 0)
    for found in _FORTY.finditer(text):
        if _is_drawn(found[0]):
            yield found.span()


def _tokens(text: str) -> Iterator[Span]:
    at = 0
    while found := _HEAD.search(text, at):
        start, at = found.start(), found.start() + 1
        if _begins(text, start) and (rest := _REST.match(text, found.end())):
            at = rest.end()
            if _is_token(found[0], rest[0]):
                yield start, at


def _begins(text: str, at: int) -> bool:
    before = text[max(0, at - 3) : at]
    return not before[-1:].isalnum() or bool(_ESCAPED.search(before))


def _is_token(head: str, tail: str) -> bool:
    """Names may begin alike, but they are words: they have no digit and one case."""
    telling = len(head) > 4 and not head[-1].isalnum() and head not in OURS
    least = min(_HEADS[head], _FEW) if telling else _HEADS[head]
    return len(tail) >= least and is_by_chance(tail)


def is_by_chance(word: str) -> bool:
    """Whether it looks drawn rather than written: a digit, or both cases."""
    return bool(_DIGIT.search(word)) or not (word.islower() or word.isupper())


def _is_drawn(word: str) -> bool:
    kinds = (str.isdigit, str.isupper, str.islower)
    digits, upper, lower = (sum(map(kind, word)) for kind in kinds)
    return digits >= 2 and upper >= 6 and lower >= 6 and word.count("/") <= 4
