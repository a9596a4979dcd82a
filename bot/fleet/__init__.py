"""The databases: which there are, and how much each may take."""
