"""The ``segops-admin`` command. In reading order:

``main``         what happens from the words of a command line to its exit code
``parsing``      which command, arguments and flags the words are
``commands``     which commands there are; derived from the resource classes by way of ``signatures``
``running``      how a command is carried out, by way of ``calls``
``settings``     which key, server and options those calls are made with
``failures``     which exit code and message an error is worth

and what these use: ``files`` (arguments that are files), ``output`` and ``progress`` (the standard streams),
``dry_run``, ``help``, ``doctor``, ``completion`` with ``shells``.
"""

from .main import main, program

__all__ = ["main", "program"]
