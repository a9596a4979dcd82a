"""The life of a request: asked for, agreed to, sent once, followed, told."""
