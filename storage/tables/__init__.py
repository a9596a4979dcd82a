"""One file a table: its reads and its writes; the shapes of all of them stand in ``models``."""
