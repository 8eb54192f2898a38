"""``python -m dashboard.users NAME``: ask for a password, print an entry of GENRELENS_USERS."""

import argparse
import getpass
import sys

from dashboard.access.users import NAME, hashed_password

SHORTEST = 10


def main() -> None:
    """Ask twice, without showing what is typed, and print."""
    parser = argparse.ArgumentParser(prog="python -m dashboard.users", description=__doc__)
    parser.add_argument("name", metavar="NAME")
    name = parser.parse_args().name
    if not NAME.fullmatch(name):
        sys.exit(f"A name has 1 to 64 letters, digits and . @ + - _, got {name!r}.")
    password = getpass.getpass("Password: ")
    if len(password) < SHORTEST:
        sys.exit(f"A password must have at least {SHORTEST} characters, got {len(password)}.")
    if getpass.getpass("The same again: ") != password:
        sys.exit("The two passwords differ. Start again.")
    sys.stdout.write(f"{name}={hashed_password(password)}\n")


if __name__ == "__main__":
    main()
