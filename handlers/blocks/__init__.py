"""Values in, Block Kit out, one module a surface; no I/O, no clock, no Slack.

What people wrote (reasons, tags, AWS's own messages) reaches Slack as rich_text or plain_text, or
escaped with ``verbatim``; so it can neither mention, link nor format.
"""
