"""rich_text blocks, and the cells of tables that may hold them."""

from collections.abc import Mapping

from bot.sandbox.slack.rules.schema import (
    Check,
    anything,
    boolean,
    choice,
    listed,
    number,
    one_of_types,
    shape,
    string,
)

STYLE = shape(
    dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "unlink"), boolean)
)
ID = string(255)
LEAVES: Mapping[str, Check] = {
    "text": shape({"text!": string(12_000), "style": STYLE}),
    "link": shape({"url!": string(3000), "text": string(3000), "unsafe": boolean, "style": STYLE}),
    "user": shape({"user_id!": ID, "style": STYLE}),
    "usergroup": shape({"usergroup_id!": ID, "style": STYLE}),
    "channel": shape({"channel_id!": ID, "style": STYLE}),
    "emoji": shape({"name!": ID, "unicode": ID, "skin_tone": number(1, 6), "style": STYLE}),
    "broadcast": shape({"range!": choice("here", "channel", "everyone"), "style": STYLE}),
    "color": shape({"value!": ID}),
    "date": shape(
        {
            "timestamp!": number(0, 10**10),
            "format!": string(255),
            "url": string(3000),
            "fallback": string(3000),
            "style": STYLE,
        }
    ),
}
INLINE = listed(one_of_types(LEAVES), 10_000, least=0)
SECTION = shape({"elements!": INLINE})
BORDER = number(0, 1)
PARTS: Mapping[str, Check] = {
    "rich_text_section": SECTION,
    "rich_text_quote": shape({"elements!": INLINE, "border": BORDER}),
    "rich_text_preformatted": shape({"elements!": INLINE, "border": BORDER, "language": ID}),
    "rich_text_list": shape(
        {
            "style!": choice("bullet", "ordered"),
            "elements!": listed(one_of_types({"rich_text_section": SECTION}), 10_000, least=0),
            "indent": number(0, 8),
            "offset": number(0, 10_000),
            "border": BORDER,
        }
    ),
}
RICH_TEXT = shape({"block_id": ID, "elements!": listed(one_of_types(PARTS), 10_000, least=0)})
CELL = one_of_types(
    {
        "raw_text": shape({"text!": string(10_000)}),
        "raw_number": shape({"value!": number(-1e300, 1e300), "text": string(255)}),
        "rich_text": RICH_TEXT,
    }
)
COLUMN = shape({"align": choice("left", "center", "right"), "is_wrapped": boolean})
COLUMNS = listed(lambda it, at: anything(it, at) if it is None else COLUMN(it, at), 20, least=0)
