"""ETags: an answer in JSON that is the same as before is not sent again."""

import hashlib
from collections.abc import MutableMapping
from typing import Any

from archive.web.guard import Asgi, Receive, Scope, Send

Message = MutableMapping[str, Any]


class ETags:
    """Middleware that names JSON answers by their bytes and answers If-None-Match with 304."""

    def __init__(self, app: Asgi) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        known = [value for name, value in scope["headers"] if name == b"if-none-match"]
        begun: Message | None = None
        pieces: list[bytes] = []

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and is_json(message):
                begun = message
            elif begun is None:
                await send(message)
            else:
                pieces.append(message.get("body", b""))
                if not message.get("more_body"):
                    await finish(begun, b"".join(pieces), known, send)

        return await self.app(scope, receive, sending)


def is_json(start: Message) -> bool:
    """Tells whether an answer is a good one in JSON."""
    kinds = [value for name, value in start["headers"] if name.lower() == b"content-type"]
    return start["status"] == 200 and any(kind.startswith(b"application/json") for kind in kinds)


async def finish(start: Message, body: bytes, known: list[bytes], send: Send) -> None:
    """Sends a whole answer with its ETag, or 304 where the asker has it."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'.encode()
    start["headers"] = [*start["headers"], (b"etag", tag), (b"cache-control", b"no-cache")]
    asked = {part.strip().removeprefix(b"W/") for value in known for part in value.split(b",")}
    if tag in asked:
        left = [
            (name, value)
            for name, value in start["headers"]
            if name.lower() not in (b"content-length", b"content-type")
        ]
        await send({**start, "status": 304, "headers": left})
        await send({"type": "http.response.body", "body": b""})
    else:
        await send(start)
        await send({"type": "http.response.body", "body": body})
