"""Where tracing is attached to calls: nothing is, until ``segops_admin.opentelemetry`` has been turned on."""

from __future__ import annotations

from typing import Callable, Optional

from .call import Call
from .course import Course

__all__ = ["Around", "traced"]

Around = Optional[Callable[[Course, Call], Course]]

around: Around = None
"""What wraps the course of every call that is made, by clients made before and after it was set alike."""


def traced(course: Course, call: Call) -> Course:
    """A call's course, within what tracing adds to it."""
    return course if around is None else around(course, call)
