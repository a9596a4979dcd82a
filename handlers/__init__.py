"""Where flows begin (what Slack sends, what the clock says) and the only door to Slack."""
