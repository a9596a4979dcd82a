"""``python -m bot``, the same as ``rds-bot``."""

from bot.cli import main

main()
