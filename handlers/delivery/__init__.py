"""How messages reach Slack: cards, threads, direct messages, files, Homes."""
