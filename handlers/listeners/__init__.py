"""What Slack sends, by Bolt's own words: each is checked, kept and acknowledged."""
