"""What Hypothesis draws the tests' inputs from."""

from hypothesis import strategies as st

from handlers.parser._words import plain

_LETTERS = st.characters(codec="utf-8", exclude_characters="<>&")
_MARKS = st.sampled_from(
    ["'", '"', "`", "\\", " ", "-", "=", "\u2013", "\u2014", "\u2019", "\u201c"]
)

#: Text as it stands once it was read: no escapes of Slack, nothing invisible, not empty.
read_text = (
    st.text(_LETTERS | _MARKS, min_size=1, max_size=30)
    .map(plain)
    .filter(lambda text: bool(text) and plain(text) == text)
)

_PIECES = [
    *(
        "reboot",
        "snapshot",
        "BACKUP-WINDOW",
        "help",
        "create_snapshot",
        "orders-test",
        "RDS-7",
        "7d",
    ),
    *("--failover", "--reason", "--tag", "--dry-run", "--", "-h", "--help", "--failover=true"),
    *("tag=a", "target=x", "reason=", "=", "it's", "'", '"', "`", "\u201c", "\u201d", "\u2019"),
    *("\u2014", "\u2013", "03:00\u201304:00", "\u200b", "\u202e", "\u00a0", "\n", "\t", "&amp;"),
    *("&lt;", "<@U012ABC|dora>", "<!channel>", "<https://a.example|a.example>"),
]

#: Anything that could be typed, likely made of what means something.
typed = st.lists(st.sampled_from(_PIECES) | st.text(max_size=8), max_size=12).flatmap(
    lambda pieces: st.sampled_from([" ", ""]).map(lambda gap: gap.join(pieces))
)
