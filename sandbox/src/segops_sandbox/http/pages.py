"""What every page for people shares: who may see it, and that nothing of it is kept or framed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from segops_sandbox.http import guard
from segops_sandbox.http.errors import refusal

View = Callable[..., HttpResponseBase]


def page_view(view: View) -> View:
    """A page that is read: for clients on this machine, not for links of other sites."""
    return _guarded(view, ("GET", "HEAD"))


def form_view(view: View) -> View:
    """What a form of such a page does; it has to carry the control token."""

    @wraps(view)
    def with_token(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not guard.has_token(request):
            return refusal(403, "This form is not of this server's page: load the page again.")
        return view(request, *args, **kwargs)

    return _guarded(with_token, ("POST",))


def _remembered(request: HttpRequest) -> HttpResponseBase:
    """The page at its own address, with the token in a cookie that no other site's page can have sent."""
    query = request.GET.copy()
    del query["token"]
    response = HttpResponseRedirect(request.path_info + (f"?{query.urlencode()}" if query else ""))
    response.set_cookie(guard.TOKEN_FIELD, guard.control_token(), httponly=True, samesite="Strict")
    response["Cache-Control"] = "no-store"
    return response


def _guarded(view: View, methods: tuple[str, ...]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not guard.may_steer(request):
            return refusal(403, "This page is shown to clients on this machine only.")
        if guard.is_foreign(request.headers):
            return refusal(403, "This page does not follow other sites' links. Open its address yourself.")
        if guard.is_token(request.GET.get("token", "")):
            return _remembered(request)
        if not guard.may_see(request):
            return refusal(403, "Open this page as /?token=… with the control_token of the ready line.")
        if request.method not in methods:
            answer = refusal(405, f'Method "{request.method}" not allowed.')
            answer["Allow"] = ", ".join(methods)
            return answer
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return guarded
