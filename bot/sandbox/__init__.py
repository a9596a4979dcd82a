"""A Slack workspace and an AWS on this machine, for the demo and for the tests."""
