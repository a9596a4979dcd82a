"""Forms, the launcher, and what their pickers offer."""
