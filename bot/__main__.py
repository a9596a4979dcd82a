"""``python -m bot``, the same as ``rds-bot``."""

import gc

gc.disable()  # what is imported stays: looking for garbage in it takes up to a fifth of the start

from bot.cli import main  # noqa: E402

gc.freeze()  # and it is gone through no more, for which everything would stand still
gc.enable()

if __name__ == "__main__":
    main()
