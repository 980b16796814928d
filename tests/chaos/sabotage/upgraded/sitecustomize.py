"""A newer rating: it knows one more type, and accepts it."""

# mypy: ignore-errors

from contracts.submission import SUBMISSION_TYPES
from contracts.submissions import LagDeclared

KUMQUAT = "liangdeng.kumquat.eaten.v1"
SUBMISSION_TYPES.classes[KUMQUAT] = LagDeclared
SUBMISSION_TYPES._validate[KUMQUAT] = SUBMISSION_TYPES._validate[SUBMISSION_TYPES.types[LagDeclared]]
