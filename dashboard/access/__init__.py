"""Who may see a private server: its signing key, its users, the sign-in page, the gate.

    key.py    the key that sessions and Dash's tokens are signed with
    users.py  names and hashed passwords of GENRELENS_USERS, and the command that makes a hash
    login.py  the page, the gate before every other route, signing out

Without ``GENRELENS_USERS`` there is no gate and no cookie.
"""
