"""The two drivers of a call's course, blocking and for asyncio: they take the steps that it yields."""

from __future__ import annotations

from typing import Any

from .._runtime import Runtime
from .._transport.protocol import AsyncTransport, Request, Transport
from .course import Course
from .steps import Ask, Look, Read, Work

__all__ = ["run", "run_async"]


def run(course: Course, runtime: Runtime, transport: Transport | None = None) -> Any:
    """Drives a course to its end, blocking, and returns its value or raises its error."""
    response: Any = None
    answer: list[Any] = [None]  # popped when it is handed over: a reply must not be a local of this frame when it fails
    failure: Exception | None = None
    try:
        while True:
            step = course.send(answer.pop()) if failure is None else course.throw(failure)
            failure = None
            try:
                if type(step) is Read:
                    answer.append(step.body.read(step.amount))
                elif type(step) is Request:
                    response = transport.send(step)  # type: ignore[union-attr]
                    answer.append(response)
                elif type(step) is Look:
                    answer.append(step.call(step.within))
                elif type(step) is Ask:
                    answer.append(step.make())
                elif type(step) is Work:
                    answer.append(step.do())
                else:
                    runtime.sleep(step.seconds)
                    answer.append(None)
            except Exception as error:  # noqa: BLE001 -- the course decides
                failure = error
    except StopIteration as end:
        return end.value
    except BaseException:
        course.close()  # where it was interrupted or cancelled: now, not when the traceback goes
        if response is not None:
            response.body.close()
        raise
    finally:
        failure = None


async def run_async(course: Course, runtime: Runtime, transport: AsyncTransport | None = None) -> Any:
    """Drives a course to its end for asyncio, and returns its value or raises its error."""
    response: Any = None
    answer: list[Any] = [None]
    failure: Exception | None = None
    try:
        while True:
            step = course.send(answer.pop()) if failure is None else course.throw(failure)
            failure = None
            try:
                if type(step) is Read:
                    answer.append(await step.body.read(step.amount))
                elif type(step) is Request:
                    response = await transport.send(step)  # type: ignore[union-attr]
                    answer.append(response)
                elif type(step) is Look:
                    answer.append(await step.call(step.within))
                elif type(step) is Ask:
                    answer.append(await step.make())
                elif type(step) is Work:
                    answer.append(await _in_a_thread(step.do))
                else:
                    await runtime.sleep_async(step.seconds)
                    answer.append(None)
            except Exception as error:  # noqa: BLE001 -- the course decides
                failure = error
    except StopIteration as end:
        return end.value
    except BaseException:
        course.close()  # where it was interrupted or cancelled: now, not when the traceback goes
        if response is not None:
            response.body.close()
        raise
    finally:
        failure = None


async def _in_a_thread(do: Any) -> Any:
    import asyncio

    return await asyncio.get_running_loop().run_in_executor(None, do)
