"""Pages, answers of callbacks and JSON travel compressed, by Brotli or gzip.

Sound is left as it is, so that a player can ask for ranges of it, and so is what is sent bit by bit
(the progress of a prediction), which a compressor would hold back. Scripts and styles are
compressed once, by ``dashboard.web.static_files``.
"""

from flask import Flask
from flask_compress import Compress

SETTINGS = {
    "COMPRESS_ALGORITHM": ["br", "gzip"],
    "COMPRESS_MIMETYPES": ["text/html", "application/json"],
    "COMPRESS_BR_LEVEL": 5,  # from here on each level costs more time than it saves on the way
    "COMPRESS_LEVEL": 6,
    "COMPRESS_MIN_SIZE": 500,  # below, the headers weigh more
    "COMPRESS_STREAMS": False,
}


def compress_answers(server: Flask) -> None:
    """Compress what the server answers from now on."""
    server.config.update(SETTINGS)
    Compress(server)
