"""What holds for every answer: only reading, security headers, the language in the address.

A path that begins with /en is the same page in English; its links stay there.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from fastapi.responses import PlainTextResponse, Response

from archive.web.problems import problem, tells_problems

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

ENGLISH = "/en"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
SECURITY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def guarded(app: Asgi) -> Asgi:
    """Gives an application that answers GET and HEAD alone, with SECURITY where the answer has no such header."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        send = with_headers(send)
        if scope["method"] not in ("GET", "HEAD"):
            refused = refusal(scope, 405, "only GET is answered", {"Allow": "GET, HEAD"})
            return await refused(scope, receive, send)
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            return await refusal(scope, 422, "a NUL character names nothing")(scope, receive, send)
        return await app(in_language(scope), receive, send)

    return answer


def refusal(scope: Scope, status: int, why: str, headers: Mapping[str, str] | None = None) -> Response:
    """Gives the answer to what is not looked at: a problem or a line."""
    if tells_problems(scope["path"]):
        return problem(status, why, headers)
    return PlainTextResponse(f"{why}\n", status, headers)


def in_language(scope: Scope) -> Scope:
    """Gives the scope of a GET (the server itself leaves out the body for HEAD) with /en as its root path."""
    path: str = scope["path"]
    english = path == ENGLISH or path.startswith(ENGLISH + "/")
    if path == ENGLISH:
        path += "/"
    return {**scope, "method": "GET", "path": path, "root_path": ENGLISH if english else ""}


def with_headers(send: Send) -> Send:
    """Gives `send` that adds the headers of SECURITY an answer does not set itself."""

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *((k.lower().encode(), v.encode()) for k, v in SECURITY.items() if k.lower().encode() not in there),
            ]
        await send(message)

    return sending
