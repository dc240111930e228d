"""Who may do what in a project: roles and rights as plain values; knows nothing of passwords or pages."""

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["owner", "reviewer", "expert", "viewer"]
Right = Literal["see", "write", "review", "own"]
ROLES: tuple[Role, ...] = get_args(Role)
_RIGHTS: dict[Role, tuple[Right, ...]] = {
    "owner": ("see", "write", "review", "own"),
    "reviewer": ("see", "write", "review"),
    "expert": ("see", "write"),
    "viewer": ("see",),
}


@dataclass(frozen=True)
class Person:
    """`steward`: looks after the whole workspace, and so may do everything in every project."""

    name: str
    steward: bool = False


ALONE = Person("local", steward=True)  # the one user of a workspace without accounts


def may(role: Role | None, right: Right) -> bool:
    """Whether that role has the right; no role has none."""
    return role is not None and right in _RIGHTS[role]
