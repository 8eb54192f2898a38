"""The key that sessions and Dash's tokens are signed with, the same in every worker.

``GENRELENS_SECRET_KEY`` gives it; hosts that share visitors must share it. Otherwise it is made
once and kept in a file that only its owner may read.
"""

import logging
import os
import secrets
import tempfile
from pathlib import Path

from pipeline.config import cache_dir

KEY_VARIABLE = "GENRELENS_SECRET_KEY"
FEWEST_CHARACTERS = 32
FILE = "secret-key"

logger = logging.getLogger(__name__)


def secret_key(folder: Path | None = None) -> str:
    """Return the key.

    Parameters
    ----------
    folder : Path, optional
        Where it is kept; by default the folder of caches.

    Raises
    ------
    ValueError
        If the environment gives one that is too short to be one.
    """
    given = os.environ.get(KEY_VARIABLE, "")
    if given:
        if len(given) < FEWEST_CHARACTERS:
            raise ValueError(
                f"{KEY_VARIABLE} must have at least {FEWEST_CHARACTERS} characters, got "
                f"{len(given)}. Make one: python -c 'import secrets; print(secrets.token_hex())'"
            )
        return given
    path = (folder or cache_dir()) / FILE
    try:
        return _kept(path)
    except OSError as error:
        logger.warning(
            "no key can be kept in %s (%s): sessions, and counts of what a visitor asks for, are "
            "those of one process. Set %s.",
            path.parent, error.strerror, KEY_VARIABLE,
        )  # fmt: skip
        return secrets.token_hex()


def _kept(path: Path) -> str:
    """Return the key in a file, made now if there is none; of two that make one, the first wins."""
    try:
        return _read(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{FILE}.")  # mode 600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex())
        try:
            os.link(name, path)  # unlike a rename, this fails where one is there already
        except FileExistsError:
            pass
    finally:
        os.unlink(name)
    return _read(path)


def _read(path: Path) -> str:
    """Return the key in a file that nobody else may read."""
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    key = path.read_text().strip()
    if len(key) < FEWEST_CHARACTERS:
        raise OSError(0, f"{path} holds no key; delete it")
    return key
