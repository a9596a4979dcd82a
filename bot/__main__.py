"""``python -m bot``, the same as ``rds-bot``."""

import gc

gc.disable()  # all that is imported stays: to look for garbage in it takes an eighth of the start

from bot.cli import main  # noqa: E402

gc.freeze()  # and it is gone through no more, for which everything would stand still
gc.enable()

if __name__ == "__main__":
    main()
