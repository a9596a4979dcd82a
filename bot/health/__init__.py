"""The bot about itself: figures, pages, logs, and whether the trail adds up."""
