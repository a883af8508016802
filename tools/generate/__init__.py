"""Writes the code that the contract determines: the records and inputs of both SDKs, and their command tables;
and the API reference of the sandbox.

    PYTHONPATH=tools python -m generate            # write what differs
    PYTHONPATH=tools python -m generate --check    # write nothing; exit 1 and name what differs

The files are committed, so that they can be read and that no build needs this package. A generator is a function from
the contract to the text of its files by their paths in the repository; `__main__` lists them.
"""
