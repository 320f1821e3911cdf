"""Scenarios of the Python `websockets` client (10 and later): python-client.py SCENARIO URL [COMPRESSION].

Each checks what it gets and exits 0, or fails with a traceback.
"""

import asyncio
import os
import sys

import websockets


COMPRESSION = sys.argv[3] if len(sys.argv) > 3 else None


def client(url, **options):
    return websockets.connect(url, **{"max_size": None, "compression": COMPRESSION, **options})


async def texts(url):
    async with client(url) as socket:
        for text in ["", "a", "ÿ € 𝄞", "x" * 125, "x" * 126, "x" * 65535, "x" * 65536, "ü" * 500_000]:
            await socket.send(text)
            assert await socket.recv() == text


async def binaries(url):
    async with client(url) as socket:
        for size in [0, 1, 125, 126, 65535, 65536, 1024 * 1024, 12 * 1024 * 1024]:
            data = os.urandom(size)
            await socket.send(data)
            assert await socket.recv() == data


async def fragments(url):
    async with client(url) as socket:
        await socket.send(["one ", "", "€", " two"])
        assert await socket.recv() == "one € two"
        await socket.send([b"\x00" * 1000] * 1000)
        assert await socket.recv() == b"\x00" * 1_000_000


async def pings(url):
    async with client(url) as socket:
        for payload in [b"", b"one", b"x" * 125]:
            await asyncio.wait_for(await socket.ping(payload), 10)
        waiters = [await socket.ping() for _ in range(100)]
        await asyncio.wait_for(asyncio.gather(*waiters), 10)


async def in_flight(url):
    async with client(url) as socket:
        for index in range(1000):
            await socket.send(f"message {index}")
        for index in range(1000):
            assert await socket.recv() == f"message {index}"


async def subprotocol(url):
    async with client(url, subprotocols=["chat", "echo.v2", "echo.v1"]) as socket:
        assert socket.subprotocol == "echo.v2", socket.subprotocol


async def no_compression(url):
    async with client(url, compression="deflate") as socket:
        await socket.send("x" * 5000)
        assert await socket.recv() == "x" * 5000


async def compression(url):
    async with client(url) as socket:
        # `response_headers` up to version 13, `response` since.
        headers = socket.response_headers if hasattr(socket, "response_headers") else socket.response.headers
        assert "permessage-deflate" in headers["Sec-WebSocket-Extensions"], headers
        # The second refers to the first where the context is kept.
        for _ in range(2):
            await socket.send("moorage " * 10_000)
            assert await socket.recv() == "moorage " * 10_000


async def close_4000(url):
    async with client(url) as socket:
        await socket.close(4000, "à bientôt")


async def closed_by_server(socket):
    try:
        while True:
            await socket.recv()
    except websockets.ConnectionClosed as closed:
        return closed.rcvd


async def server_leaves(url):
    async with client(url) as socket:
        assert await socket.recv() == "hello"
        closed = await closed_by_server(socket)
        assert (closed.code, closed.reason) == (4001, "over"), closed


async def server_pings(url):
    async with client(url) as socket:
        await socket.send("after the ping")
        assert await socket.recv() == "after the ping"


async def too_large(url):
    async with client(url) as socket:
        await socket.send("x" * 17)
        closed = await closed_by_server(socket)
        assert closed.code == 1009, closed


def status_of(refusal):
    # `InvalidStatusCode` up to version 13, `InvalidStatus` since.
    return refusal.status_code if hasattr(refusal, "status_code") else refusal.response.status_code


async def refused(url, status, **options):
    try:
        async with client(url, **options):
            raise AssertionError("connected")
    except websockets.InvalidHandshake as refusal:
        assert status_of(refusal) == status, refusal


async def not_found(url):
    await refused(url, 404)


async def foreign_origin(url):
    await refused(url, 403, origin="https://elsewhere.example")


SCENARIOS = [
    texts, binaries, fragments, pings, in_flight, subprotocol, no_compression, compression, close_4000,
    server_leaves, server_pings, too_large, not_found, foreign_origin,
]  # fmt: skip

if __name__ == "__main__":
    scenario = {function.__name__: function for function in SCENARIOS}[sys.argv[1]]
    asyncio.run(scenario(sys.argv[2]))
