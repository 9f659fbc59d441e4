import asyncio
import time

from sqlalchemy import text

from bot.storage.wakeup import Waiter, Work, wake


def ring(database):
    with database.transaction() as session:
        wake(session, Work.INBOX)


async def woken_after(waiter, database):
    """Seconds from a wake-up until who waits notices it."""
    started = time.monotonic()
    asyncio.get_running_loop().call_later(0.05, ring, database)
    await waiter.wait(3)
    return time.monotonic() - started


async def test_who_waits_is_woken_by_a_commit(database):
    async with Waiter(database, Work.INBOX) as waiter:
        await waiter.wait(0.1)  # connecting counts as a wake-up
        assert await woken_after(waiter, database) < 1.5


async def test_what_came_before_the_wait_is_not_missed(database):
    async with Waiter(database, Work.INBOX) as waiter:
        await waiter.wait(0.1)
        ring(database)
        started = time.monotonic()
        await waiter.wait(3)
        assert time.monotonic() - started < 1.5


async def test_a_rollback_wakes_nobody(database):
    async with Waiter(database, Work.INBOX) as waiter:
        await waiter.wait(0.1)
        try:
            with database.transaction() as session:
                wake(session, Work.INBOX)
                raise RuntimeError
        except RuntimeError:
            pass
        started = time.monotonic()
        await waiter.wait(0.3)
        assert time.monotonic() - started > 0.25


async def test_listening_goes_on_after_the_server_dropped_the_connection(database):
    if database.is_sqlite:
        return
    async with Waiter(database, Work.INBOX) as waiter:
        await waiter.wait(0.1)
        descriptor = waiter._listening.fileno()
        with database.transaction() as session:
            session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                )
            )
        while waiter._listening is not None:  # until the loss is noticed
            await asyncio.sleep(0.01)
        watched = asyncio.get_running_loop().remove_reader(descriptor)
        assert not watched, "the next socket of this number would never be read"
        await waiter.wait(0.1)  # listening begins again
        for _ in range(2):
            assert await woken_after(waiter, database) < 1.5
