"""Starts Penala: on this machine, or on a Space."""

from assistant.errors import PenalaError
from assistant.settings import from_environment
from assistant.ui.server import serve

if __name__ == "__main__":
    try:
        serve(from_environment(), opened=print)
    except PenalaError as error:
        raise SystemExit(str(error)) from None
