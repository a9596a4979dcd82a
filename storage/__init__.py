"""What the bot remembers, and the only door to the database.

Start at ``Database``: its attributes read, and ``write()`` gives the ``Transaction`` in which
requests change. What is taken and returned is a value of ``bot.values`` or a frozen dataclass of
this package; no row object and no SQL leaves it. SQLite and PostgreSQL behave alike: the same tests
run on both.
"""
