"""GenreLens, offline half: music data -> features -> models -> scores -> ``results/``.

Never imports ``dashboard``. Importing this package does no work and loads no library.
"""
