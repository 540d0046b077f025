"""People who keep the page open, in one process: `python -m hub.ops.bench.crowd PORT COUNT`.

Each does what the page's script does: hears the stream, and fetches the page again when it says that something has
changed. Prints `ready` once all are told something. It gives way to everything else: people who look at a page have
machines of their own.
"""

import asyncio
import os
import sys
from typing import Final

GIVING_WAY: Final = 10


async def ask(port: int, address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """The answer, to be read. Raises OSError where nobody answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    writer.write(request.encode())
    return reader, writer


async def look(port: int, news: asyncio.Event) -> None:
    """Fetches the page whenever there is news; what comes meanwhile is one more look, not many."""
    while await news.wait():
        news.clear()
        reader, writer = await ask(port, "/")
        await reader.read()
        writer.close()


async def view(port: int, told: asyncio.Semaphore) -> None:
    """Hears the stream to its end; releases `told` with the first event."""
    reader, _ = await ask(port, "/events")
    news, first = asyncio.Event(), True
    looking = asyncio.create_task(look(port, news))
    async for line in reader:
        if line.startswith(b"event: "):
            if first:
                told.release()
            if first or line.startswith(b"event: changed"):
                news.set()
            first = False
    looking.cancel()


async def crowd(port: int, count: int) -> None:
    """`count` people, until the last stream has ended."""
    told = asyncio.Semaphore(0)
    people = [asyncio.create_task(view(port, told)) for _ in range(count)]
    for _ in range(count):
        await told.acquire()
    print("ready", flush=True)
    await asyncio.gather(*people)


if __name__ == "__main__":
    os.nice(GIVING_WAY)
    asyncio.run(crowd(int(sys.argv[1]), int(sys.argv[2])))
