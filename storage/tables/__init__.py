"""One file a table: its reads and its writes."""
