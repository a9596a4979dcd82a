"""The only door to matplotlib: series in, PNG bytes and alt text out; nothing here knows Slack."""
