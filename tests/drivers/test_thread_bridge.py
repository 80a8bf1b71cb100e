import asyncio
import logging
import threading

import pytest

from drivers.thread_bridge import BridgeClosed, OverflowPolicy, ThreadBridge


async def test_everything_from_many_threads_arrives_in_each_threads_order() -> None:
    bridge: ThreadBridge[tuple[int, int]] = ThreadBridge("edges", 10_000, OverflowPolicy.DROP_NEWEST)
    threads = [threading.Thread(target=lambda who=who: [bridge.put((who, n)) for n in range(500)]) for who in range(4)]
    for thread in threads:
        thread.start()
    async with asyncio.timeout(5):
        taken = [await bridge.get() for _ in range(2000)]
    for thread in threads:
        thread.join()
    for who in range(4):
        assert [n for w, n in taken if w == who] == list(range(500))
    assert bridge.dropped == 0


async def test_a_burst_is_everything_that_waits() -> None:
    bridge: ThreadBridge[int] = ThreadBridge("edges", 10, OverflowPolicy.DROP_NEWEST)
    later = threading.Timer(0.05, bridge.put, [1])
    later.start()
    assert await bridge.get_all() == [1]
    later.join()
    for n in (2, 3, 4):
        bridge.put(n)
    bridge.close()
    assert await bridge.get_all() == [2, 3, 4]
    with pytest.raises(BridgeClosed):
        await bridge.get_all()


@pytest.mark.parametrize(
    ("overflow", "kept"), [(OverflowPolicy.DROP_OLDEST, [7, 8, 9]), (OverflowPolicy.DROP_NEWEST, [0, 1, 2])]
)
async def test_a_full_bridge_drops_as_its_policy_says_and_says_so_once(
    overflow: OverflowPolicy, kept: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bridge: ThreadBridge[int] = ThreadBridge("edges", 3, overflow)
    for n in range(10):
        bridge.put(n)
    bridge.close()
    assert [n async for n in bridge] == kept
    assert bridge.dropped == 7
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def test_a_waiting_reader_is_woken_by_put_and_by_close() -> None:
    bridge: ThreadBridge[str] = ThreadBridge("edges", 3, OverflowPolicy.DROP_OLDEST)
    reader = asyncio.create_task(bridge.get())
    await asyncio.sleep(0)
    await asyncio.to_thread(bridge.put, "press")
    async with asyncio.timeout(5):
        assert await reader == "press"

    reader = asyncio.create_task(bridge.get())
    await asyncio.sleep(0)
    await asyncio.to_thread(bridge.close)
    bridge.close()
    with pytest.raises(BridgeClosed):
        async with asyncio.timeout(5):
            await reader


async def test_a_cancelled_reader_takes_nothing_with_it() -> None:
    bridge: ThreadBridge[str] = ThreadBridge("edges", 3, OverflowPolicy.DROP_OLDEST)
    reader = asyncio.create_task(bridge.get())
    await asyncio.sleep(0)
    bridge.put("press")
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    async with asyncio.timeout(5):
        assert await bridge.get() == "press"


def test_putting_and_closing_after_the_loop_has_ended_is_harmless() -> None:
    async def make() -> ThreadBridge[int]:
        return ThreadBridge("edges", 3, OverflowPolicy.DROP_OLDEST)

    bridge = asyncio.run(make())
    bridge.put(1)
    bridge.put(2)
    bridge.close()
    assert bridge.dropped == 0
