"""The puller gives every due resource once and ends only when nothing can follow."""

import asyncio
from collections import deque

import pytest

from archive.records import Due, ResourceKind
from crawler.spiders.puller import Puller


class Frontier:
    """Due resources that stay due until they are settled, and discoveries by settled ones."""

    def __init__(self, first, discoveries=None):
        self.due = dict.fromkeys(first)
        self.discoveries = discoveries or {}
        self.asked = 0
        self.later = []

    def replenish(self):
        more, self.later = self.later, []
        self.due.update(dict.fromkeys(more))
        return len(more)

    def pull(self, exclude, limit, hosts):
        self.asked += 1
        keys = [key for key in self.due if key not in exclude][:limit]
        return [Due(key, f"http://x.cn/{key}", ResourceKind.ARTICLE) for key in keys]

    def store(self, key):
        del self.due[key]
        self.due.update(dict.fromkeys(self.discoveries.get(key, ())))


def walk(frontier, limit=3, *, fail=(), **options):
    """Everything a puller gives when pages are stored two turns after they were given."""

    async def run():
        puller = Puller(frontier.pull, frontier.replenish, limit, **options)
        given, waiting, most = [], deque(), 0

        async def finish():
            while True:
                await asyncio.sleep(0.001)
                if waiting:
                    key = waiting.popleft()
                    if key in fail:
                        puller.put_back(key)
                    else:
                        frontier.store(key)
                        puller.settle(key)

        finisher = asyncio.ensure_future(finish())
        async for due in puller.rows():
            given.append(due.resource)
            waiting.append(due.resource)
            most = max(most, puller.in_flight)
        finisher.cancel()
        return given, most, puller

    return asyncio.run(asyncio.wait_for(run(), 20))


def test_everything_due_is_given_once():
    given, most, _ = walk(Frontier(range(20)))
    assert sorted(given) == list(range(20))
    assert most <= 3


def test_what_is_discovered_last_is_still_given():
    chain = {number: (number + 1,) for number in range(10)}
    assert walk(Frontier([0], chain))[0] == list(range(11))


def test_what_was_put_back_is_not_given_again_and_does_not_hang():
    given, _, puller = walk(Frontier(range(5)), fail={2, 3})
    assert sorted(given) == list(range(5))
    assert puller.deferred == 2


def test_a_bound_ends_the_walk():
    given, _, puller = walk(Frontier(range(50)), most=7)
    assert len(given) == 7
    assert puller.exhausted


def test_what_becomes_due_at_the_end_is_given_too():
    frontier = Frontier(range(5))
    frontier.later = [7, 8]
    assert walk(frontier)[0] == [0, 1, 2, 3, 4, 7, 8]


def test_an_empty_frontier_ends_at_once():
    frontier = Frontier(())
    assert walk(frontier)[0] == []
    assert frontier.asked == 1


def test_named_pages_that_stay_due_are_given_once():
    class Stubborn(Frontier):
        def store(self, key):
            """A named page stays due by its name."""

    assert sorted(walk(Stubborn(range(4)), once=True)[0]) == [0, 1, 2, 3]


@pytest.mark.parametrize("stop_after", [1, 4])
def test_a_stopped_puller_gives_nothing_more(stop_after):
    async def run():
        puller = Puller(Frontier(range(50)).pull, lambda: 0, 10)
        given = []
        async for due in puller.rows():
            given.append(due.resource)
            if len(given) == stop_after:
                puller.stop()
        return given

    # What the batch in hand still holds may be given, nothing is pulled after it.
    assert len(asyncio.run(asyncio.wait_for(run(), 5))) <= 10


def test_new_pages_of_a_host_wait_until_its_known_ones_came_back():
    async def run():
        known = Due(1, "http://x.cn/1", ResourceKind.ARTICLE, payload_digest="sha256:0")
        new = Due(2, "http://x.cn/2", ResourceKind.ARTICLE)
        elsewhere = Due(3, "http://y.cn/3", ResourceKind.ARTICLE)
        due = {one.resource: one for one in (known, new, elsewhere)}

        def pull(exclude, limit, hosts):
            return [one for key, one in due.items() if key not in exclude][:limit]

        puller = Puller(pull, lambda: 0, 5)
        rows = puller.rows()
        first = [(await anext(rows)).resource, (await anext(rows)).resource]
        following = asyncio.ensure_future(anext(rows))
        await asyncio.sleep(0.05)
        waited = not following.done()
        del due[1]
        puller.settle(1)
        return first, waited, (await following).resource

    assert asyncio.run(run()) == ([1, 3], True, 2)
