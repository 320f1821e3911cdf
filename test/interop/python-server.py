"""A server of Python `websockets` (10 and later), with the paths that foreign-server-contract.ts describes.

Prints `listening PORT`, then `closed CODE REASON` for each connection to `/echo` that ends.
"""

import asyncio
import http

# The package's first API: the one that version 10 has, and later ones still have.
from websockets.exceptions import ConnectionClosed
from websockets.legacy.server import serve


async def echo(socket):
    async for message in socket:
        await socket.send(message)


async def pieces(socket):
    async for text in socket:
        third = -(-len(text) // 3)

        async def parts():
            yield text[:third]
            await socket.ping(b"between")
            yield text[third : 2 * third]
            yield text[2 * third :]

        await socket.send(parts())


async def pings(socket):
    await (await socket.ping(b"are you there"))
    await socket.send("pong are you there")
    await socket.wait_closed()


async def leave(socket):
    await socket.send("hello")
    await socket.close(int(socket.path.split("/")[2]), "over")


async def drop(socket):
    await socket.send("hello")
    # The text must have left before the connection is dropped.
    while socket.transport.get_write_buffer_size() > 0:
        await asyncio.sleep(0)
    socket.transport.abort()


async def small(socket):
    socket.max_size = 16
    await echo(socket)


async def request(socket):
    headers = socket.request_headers
    await socket.send("\n".join([socket.path, headers.get("X-Visitor", ""), headers.get("Cookie", "")]))
    await socket.wait_closed()


ENDPOINTS = {
    "echo": echo, "pieces": pieces, "pings": pings, "leave": leave, "drop": drop, "small": small, "request": request,
}  # fmt: skip


def endpoint(path):
    return ENDPOINTS.get(path.split("?")[0].split("/")[1])


async def handle(socket):
    serves = endpoint(socket.path)
    try:
        await serves(socket)
    except ConnectionClosed:
        pass
    await socket.wait_closed()
    if serves is echo:
        print(f"closed {socket.close_code} {socket.close_reason or ''}", flush=True)


async def not_found(path, _headers):
    if endpoint(path) is None:
        return http.HTTPStatus.NOT_FOUND, [], b""


async def main():
    options = {
        "subprotocols": ["echo.v2", "echo.v1"],
        "process_request": not_found,
        "max_size": None,
        "ping_interval": None,
    }
    async with serve(handle, "127.0.0.1", 0, **options) as server:
        print(f"listening {server.sockets[0].getsockname()[1]}", flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main())
