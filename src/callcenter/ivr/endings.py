"""The ways out of a dialogue that are not its last line. All of them are ordinary."""


class GoBack(Exception):
    """The caller wants to be one level up, or has not managed a question after all tries."""


class Goodbye(Exception):
    """The call ends politely: silence, or only wrong keys, at a menu."""


class LockedOut(Exception):
    """The call ends: too many failed logins."""


class GoElsewhere(Exception):
    """The caller goes on at another place, which the session knows: see `Session.go_to`."""
