"""What the coding questions state: the algorithms against slow references, and the wrong variants failing."""

from __future__ import annotations

import heapq
import math
import random
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise, permutations, product

import pytest

# two-sum


def two_sum(values: list[int], target: int) -> tuple[int, int] | None:
    seen: dict[int, int] = {}
    for i, value in enumerate(values):
        if target - value in seen:
            return seen[target - value], i
        seen[value] = i
    return None


def two_sum_stored_first(values: list[int], target: int) -> tuple[int, int] | None:
    seen = {value: i for i, value in enumerate(values)}
    return next(((seen[target - v], i) for i, v in enumerate(values) if target - v in seen), None)


def two_pointers(values: list[int], target: int) -> bool:
    left, right = 0, len(values) - 1
    while left < right:
        total = values[left] + values[right]
        if total == target:
            return True
        left, right = (left + 1, right) if total < target else (left, right - 1)
    return False


def three_sum(values: list[int], target: int) -> set[tuple[int, int, int]]:
    values = sorted(values)
    found = set()
    for i, first in enumerate(values):
        left, right = i + 1, len(values) - 1
        while left < right:
            total = first + values[left] + values[right]
            if total == target:
                found.add((first, values[left], values[right]))
            left, right = (left + 1, right) if total < target else (left, right - 1)
    return found


def test_one_pass_with_a_map_finds_a_pair_when_the_double_loop_does() -> None:
    chance = random.Random(0)
    for _ in range(2000):
        values = [chance.randrange(-6, 7) for _ in range(chance.randrange(8))]
        target = chance.randrange(-8, 9)
        pair = two_sum(values, target)
        exists = any(a + b == target for a, b in combinations(values, 2))
        assert (pair is not None) == exists
        assert two_pointers(sorted(values), target) == exists
        if pair:
            assert pair[0] != pair[1]
            assert values[pair[0]] + values[pair[1]] == target
    assert two_sum([3, 3], 6) == (0, 1)
    assert two_sum([3], 6) is None


def test_storing_first_pairs_a_number_with_itself_and_pointers_need_order() -> None:
    assert two_sum_stored_first([3], 6) == (0, 0)
    assert two_sum([5, 1, 9, 2], 10) == (1, 2)
    assert not two_pointers([5, 1, 9, 2], 10)


def test_three_numbers_by_two_pointers_and_the_key_that_keeps_pairs_together() -> None:
    chance = random.Random(1)
    for _ in range(500):
        values, target = [chance.randrange(-5, 6) for _ in range(7)], chance.randrange(-6, 7)
        assert three_sum(values, target) == {
            triple for triple in combinations(sorted(values), 3) if sum(triple) == target
        }
        for a, b in combinations(values, 2):
            if a + b == target:
                assert min(a, target - a) == min(b, target - b)


# merge-intervals

Interval = tuple[int, int]


def merge(intervals: list[Interval], end: Callable[[int, int], int] = max) -> list[Interval]:
    merged: list[Interval] = []
    for start, stop in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], end(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return merged


def merge_in_order_of_ends(intervals: list[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for start, stop in sorted(intervals, key=lambda pair: pair[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (min(merged[-1][0], start), stop)
        else:
            merged.append((start, stop))
    return merged


def painted(intervals: list[Interval]) -> list[Interval]:
    covered = {half for start, stop in intervals for half in range(2 * start, 2 * stop + 1)}
    starts = sorted(half for half in covered if half - 1 not in covered)
    stops = sorted(half for half in covered if half + 1 not in covered)
    return [(a // 2, b // 2) for a, b in zip(starts, stops, strict=True)]


def some_intervals(chance: random.Random) -> list[Interval]:
    starts = [chance.randrange(15) for _ in range(chance.randrange(7))]
    return [(start, start + chance.randrange(6)) for start in starts]


def test_merging_after_a_sort_equals_painting_the_number_line() -> None:
    chance = random.Random(2)
    for _ in range(2000):
        intervals = some_intervals(chance)
        assert merge(intervals) == painted(intervals)
        chance.shuffle(intervals)
        assert merge(intervals) == painted(intervals)
    assert merge([(1, 3), (3, 5)]) == [(1, 5)]
    assert merge([(1, 2), (3, 4)]) == [(1, 2), (3, 4)]


def test_the_later_end_and_the_order_of_ends_go_wrong() -> None:
    assert merge([(1, 10), (2, 3)]) == [(1, 10)]
    assert merge([(1, 10), (2, 3)], end=lambda _, later: later) == [(1, 3)]
    assert merge([(1, 2), (4, 5), (1, 6)]) == [(1, 6)]
    assert merge_in_order_of_ends([(1, 2), (4, 5), (1, 6)]) != [(1, 6)]


def insert(merged: list[Interval], new: Interval) -> list[Interval]:
    before = [pair for pair in merged if pair[1] < new[0]]
    after = [pair for pair in merged if pair[0] > new[1]]
    inside = [*merged[len(before) : len(merged) - len(after)], new]
    return [*before, (min(a for a, _ in inside), max(b for _, b in inside)), *after]


def test_inserting_one_needs_no_sort() -> None:
    chance = random.Random(3)
    for _ in range(1000):
        merged, new = merge(some_intervals(chance)), (4, chance.randrange(4, 15))
        assert insert(merged, new) == merge([*merged, new])


def rooms_by_sweep(meetings: list[Interval]) -> int:
    events = sorted([(start, 1) for start, _ in meetings] + [(stop, -1) for _, stop in meetings])
    running, most = 0, 0
    for _, change in events:
        running += change
        most = max(most, running)
    return most


def rooms_by_heap(meetings: list[Interval]) -> int:
    ends: list[int] = []
    for start, stop in sorted(meetings):
        if ends and ends[0] <= start:
            heapq.heapreplace(ends, stop)
        else:
            heapq.heappush(ends, stop)
    return len(ends)


def test_rooms_are_the_most_meetings_at_the_same_time() -> None:
    chance = random.Random(4)
    for _ in range(1000):
        meetings = [(a, b + 1) for a, b in some_intervals(chance)]
        most = max((sum(a <= t < b for a, b in meetings) for t in range(25)), default=0)
        assert rooms_by_sweep(meetings) == rooms_by_heap(meetings) == most


# top-k-elements


def top_k(values: list[int], k: int) -> tuple[list[int], int]:
    heap: list[int] = []
    replaced = 0
    for value in values:
        if len(heap) < k:
            heapq.heappush(heap, value)
        elif heap and value > heap[0]:
            heapq.heapreplace(heap, value)
            replaced += 1
    return sorted(heap), replaced


def quickselect(values: list[int], k: int, choose: Callable[[list[int]], int]) -> tuple[list[int], int]:
    """The k largest, and how many elements were looked at."""
    values, kept, looked = values[:], [], 0
    while values and k > 0:
        pivot = choose(values)
        looked += len(values)
        larger = [value for value in values if value > pivot]
        equal = [value for value in values if value == pivot]
        if len(larger) >= k:
            values = larger
        elif len(larger) + len(equal) >= k:
            kept, k = [*kept, *larger, *equal[: k - len(larger)]], 0
        else:
            kept, k = [*kept, *larger, *equal], k - len(larger) - len(equal)
            values = [value for value in values if value < pivot]
    return sorted(kept), looked


def test_heap_and_quickselect_equal_the_end_of_the_sorted_array() -> None:
    chance = random.Random(5)
    for _ in range(1500):
        values = [chance.randrange(-9, 10) for _ in range(chance.randrange(12))]
        k = chance.randrange(15)
        expected = sorted(values)[max(0, len(values) - k) :]
        assert top_k(values, k)[0] == expected
        assert quickselect(values, k, chance.choice)[0] == expected


def test_most_elements_fail_at_the_root_and_log_k_is_small() -> None:
    values = list(range(20_000))
    random.Random(6).shuffle(values)
    replaced = top_k(values, 10)[1]
    assert replaced < 0.01 * len(values)  # about k ln(n / k), here 76
    assert math.log2(100) < 7
    assert math.log2(1e9) == pytest.approx(30, abs=0.2)


def test_quickselect_is_linear_with_a_random_pivot_and_quadratic_with_the_worst() -> None:
    chance = random.Random(7)
    for n in (2000, 20_000):
        looked = [quickselect(list(range(n)), n // 2, chance.choice)[1] for _ in range(10)]
        assert sum(looked) / 10 < 6 * n
    assert quickselect(list(range(400)), 200, max)[1] > 400**2 / 4


def test_local_results_are_enough_for_values_but_not_for_counts() -> None:
    chance = random.Random(8)
    machines = [[chance.randrange(1000) for _ in range(50)] for _ in range(20)]
    together = [value for machine in machines for value in machine]
    sent = [value for machine in machines for value in top_k(machine, 5)[0]]
    assert top_k(sent, 5)[0] == top_k(together, 5)[0]
    words = ["a" * 5 + "z" * 4, "b" * 5 + "z" * 4, "c" * 5 + "z" * 4]
    assert Counter("".join(words)).most_common(1) == [("z", 12)]
    assert "z" not in {Counter(part).most_common(1)[0][0] for part in words}


# reverse-linked-list


@dataclass(eq=False)
class Node:
    value: int
    next: Node | None = None


def linked(values: list[int]) -> Node | None:
    head = None
    for value in reversed(values):
        head = Node(value, head)
    return head


def unlinked(node: Node | None) -> list[int]:
    values = []
    while node:
        values.append(node.value)
        node = node.next
    return values


def reverse(head: Node | None) -> Node | None:
    previous, current = None, head
    while current:
        following = current.next
        current.next = previous
        previous, current = current, following
    return previous


def reverse_recursively(node: Node | None, previous: Node | None = None) -> Node | None:
    if node is None:
        return previous
    following, node.next = node.next, previous
    return reverse_recursively(following, node)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 9])
def test_the_loop_reverses_and_twice_restores(size: int) -> None:
    values = list(range(size))
    head = linked(values)
    new = reverse(head)
    assert unlinked(new) == values[::-1]
    assert head is None or head.next is None
    assert unlinked(reverse(new)) == values
    assert unlinked(reverse_recursively(linked(values))) == values[::-1]


def test_the_reversed_part_and_the_untouched_rest_make_up_the_list_at_each_step() -> None:
    values = list(range(7))
    previous, current = None, linked(values)
    for done in range(8):
        assert unlinked(previous) == values[:done][::-1]
        assert unlinked(current) == values[done:]
        if current:
            following, current.next = current.next, previous
            previous, current = current, following


def test_recursion_gives_up_on_a_long_list_and_the_loop_does_not() -> None:
    values = list(range(10 * sys.getrecursionlimit()))
    assert unlinked(reverse(linked(values))) == values[::-1]
    with pytest.raises(RecursionError):
        reverse_recursively(linked(values))


def test_without_saving_the_next_node_the_rest_is_lost() -> None:
    head = linked([1, 2, 3])
    assert head
    previous, current = None, head
    current.next = previous
    current = current.next
    assert current is None
    assert unlinked(head) == [1]


def reverse_part(head: Node | None, first: int, last: int) -> Node | None:
    """Positions first to last, both included, counted from 0."""
    dummy = Node(0, head)
    before = dummy
    for _ in range(first):
        assert before.next
        before = before.next
    tail, previous, current = before.next, None, before.next
    for _ in range(last - first + 1):
        assert current
        current.next, previous, current = previous, current, current.next
    assert tail
    before.next, tail.next = previous, current
    return dummy.next


def is_palindrome(head: Node | None) -> bool:
    slow = fast = head
    while fast and fast.next and slow:
        slow, fast = slow.next, fast.next.next
    back = reverse(slow)
    a, b, same = head, back, True
    while a and b:
        same, a, b = same and a.value == b.value, a.next, b.next
    reverse(back)
    return same


def test_a_part_is_reversed_and_a_palindrome_found_without_changing_the_list() -> None:
    values = list(range(6))
    for first, last in combinations(range(6), 2):
        expected = values[:first] + values[first : last + 1][::-1] + values[last + 1 :]
        assert unlinked(reverse_part(linked(values), first, last)) == expected
    for size in range(7):
        for bits in product((0, 1), repeat=size):
            head = linked(list(bits))
            assert is_palindrome(head) == (bits == bits[::-1])
            assert unlinked(head) == list(bits)


# union-find, wanted by the islands too


class UnionFind:
    def __init__(self, size: int, *, by_size: bool = True, compress: bool = True) -> None:
        self.parent, self.size, self.sets = list(range(size)), [1] * size, size
        self.by_size, self.compress = by_size, compress

    def find(self, x: int) -> int:
        root = x
        while self.parent[root] != root:
            root = self.parent[root]
        while self.compress and x != root:
            self.parent[x], x = root, self.parent[x]
        return root

    def union(self, a: int, b: int) -> bool:
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        if self.by_size and self.size[a] > self.size[b]:
            a, b = b, a
        self.parent[a] = b
        self.size[b] += self.size[a]
        self.sets -= 1
        return True

    def depth(self, x: int) -> int:
        steps = 0
        while self.parent[x] != x:
            x, steps = self.parent[x], steps + 1
        return steps


@pytest.mark.parametrize("by_size", [True, False])
@pytest.mark.parametrize("compress", [True, False])
def test_random_unions_equal_relabelling(by_size: bool, compress: bool) -> None:
    chance = random.Random(9)
    for _ in range(60):
        sets, labels = UnionFind(12, by_size=by_size, compress=compress), list(range(12))
        for _ in range(20):
            a, b, x, y = (chance.randrange(12) for _ in range(4))
            assert sets.union(a, b) == (labels[a] != labels[b])
            labels = [labels[a] if label == labels[b] else label for label in labels]
            assert (sets.find(x) == sets.find(y)) == (labels[x] == labels[y])
            assert sets.sets == len(set(labels))


def test_by_size_the_height_is_logarithmic_and_without_it_there_can_be_a_chain() -> None:
    chance = random.Random(10)
    for _ in range(20):
        sets = UnionFind(256, compress=False)
        while sets.sets > 1:
            sets.union(chance.randrange(256), chance.randrange(256))
        assert max(map(sets.depth, range(256))) <= math.log2(256)
    chain = UnionFind(256, by_size=False, compress=False)
    for i in range(255):
        chain.union(i, i + 1)
    assert chain.depth(0) == 255


def test_one_find_flattens_the_path() -> None:
    chain = UnionFind(100, by_size=False, compress=True)
    for i in range(99):
        chain.parent[i] = i + 1
    assert chain.depth(0) == 99
    chain.find(0)
    assert max(map(chain.depth, range(100))) == 1


def test_linking_the_elements_or_comparing_direct_parents_goes_wrong() -> None:
    parent = list(range(4))
    parent[0] = 1
    parent[0] = 2  # "union" of 0 and 2 by elements: 1 is torn off
    assert parent == [2, 1, 2, 3]
    sets = UnionFind(4, compress=False)
    for a, b in ((0, 1), (2, 3), (0, 2)):
        sets.union(a, b)
    assert sets.find(0) == sets.find(3)
    assert len({sets.parent[x] for x in range(4)}) > 1


def test_kruskal_equals_trying_all_trees() -> None:
    chance = random.Random(11)
    for _ in range(40):
        edges = [(chance.randrange(1, 9), a, b) for a, b in combinations(range(5), 2)]
        sets, weight = UnionFind(5), 0
        for cost, a, b in sorted(edges):
            weight += cost if sets.union(a, b) else 0
        best = math.inf
        for tree in combinations(edges, 4):
            joined = UnionFind(5)
            if all(joined.union(a, b) for _, a, b in tree):
                best = min(best, sum(cost for cost, _, _ in tree))
        assert weight == best


def test_unions_by_size_can_be_undone_from_a_stack() -> None:
    chance = random.Random(12)
    sets, stack, snapshots = UnionFind(30, compress=False), [], []
    for _ in range(60):
        a, b = sets.find(chance.randrange(30)), sets.find(chance.randrange(30))
        snapshots.append([sets.find(x) for x in range(30)])
        small, large = (a, b) if sets.size[a] <= sets.size[b] else (b, a)
        stack.append((small, large) if sets.union(a, b) else None)
    while stack:
        undone = stack.pop()
        if undone:
            small, large = undone
            sets.parent[small] = small
            sets.size[large] -= sets.size[small]
        assert [sets.find(x) for x in range(30)] == snapshots.pop()


# number-of-islands

Grid = list[list[int]]


def around(grid: Grid, row: int, column: int) -> Iterator[tuple[int, int]]:
    for r, c in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
        if 0 <= r < len(grid) and 0 <= c < len(grid[r]) and grid[r][c]:
            yield r, c


def islands(grid: Grid, *, queue: bool = True, mark_late: bool = False) -> tuple[int, int]:
    """How many islands, and how often a cell was put into the queue or onto the stack."""
    seen: set[tuple[int, int]] = set()
    count = pushed = 0
    for row, cells in enumerate(grid):
        for column, land in enumerate(cells):
            if not land or (row, column) in seen:
                continue
            count, pushed, waiting = count + 1, pushed + 1, deque([(row, column)])
            seen.add((row, column))
            while waiting:
                cell = waiting.popleft() if queue else waiting.pop()
                seen.add(cell)
                for other in around(grid, *cell):
                    if other not in seen:
                        pushed += 1
                        waiting.append(other)
                        seen |= set() if mark_late else {other}
    return count, pushed


def some_grid(chance: random.Random) -> Grid:
    columns = chance.randrange(1, 6)
    return [[int(chance.random() < 0.6) for _ in range(columns)] for _ in range(chance.randrange(6))]


def islands_by_union(grid: Grid) -> int:
    cells = [(r, c) for r, row in enumerate(grid) for c, land in enumerate(row) if land]
    number = {cell: i for i, cell in enumerate(cells)}
    sets = UnionFind(len(cells))
    for cell in cells:
        for other in around(grid, *cell):
            sets.union(number[cell], number[other])
    return sets.sets


def islands_row_by_row(grid: Grid) -> int:
    """Only the labels of the row before are kept, in a union-find over labels."""
    sets, above, count, label = UnionFind(1000), [0] * 50, 0, 0
    for row in grid:
        labels = [0] * 50
        for column, land in enumerate(row):
            if not land:
                continue
            near = [x for x in (above[column], labels[column - 1] if column else 0) if x]
            if not near:
                label, count = label + 1, count + 1
            labels[column] = near[0] if near else label
            count -= sets.union(near[0], near[1]) if len(near) == 2 else 0
        above = labels
    return count


def islands_online(grid: Grid, order: list[tuple[int, int]]) -> int:
    width = max(map(len, grid), default=0)
    land: Grid = [[0] * width for _ in grid]
    sets, count = UnionFind(len(grid) * width), 0
    for row, column in order:
        if land[row][column]:
            continue
        land[row][column] = 1
        count += 1
        for r, c in around(land, row, column):
            count -= sets.union(row * width + column, r * width + c)
    return count


def test_flooding_by_queue_or_stack_equals_union_find() -> None:
    chance = random.Random(13)
    for _ in range(400):
        grid = some_grid(chance)
        expected, land = islands_by_union(grid), sum(map(sum, grid))
        assert islands(grid) == islands(grid, queue=False) == (expected, land)
        assert islands_row_by_row(grid) == expected
        order = [(r, c) for r, row in enumerate(grid) for c, cell in enumerate(row) if cell] * 2
        chance.shuffle(order)
        assert islands_online(grid, order) == expected


def test_edges_of_the_island_count() -> None:
    assert islands([])[0] == 0
    assert islands([[0] * 3] * 3)[0] == 0
    assert islands([[1] * 3] * 3)[0] == 1
    assert islands([[1, 0], [0, 1]])[0] == 2
    assert islands([[1, 1, 1], [1, 0, 1], [1, 1, 1]])[0] == 1


def test_marking_late_counts_right_but_queues_copies_that_multiply() -> None:
    pushed = []
    for side in (2, 3, 4, 5, 6):
        full = [[1] * side for _ in range(side)]
        assert islands(full) == (1, side * side)
        count, late = islands(full, mark_late=True)
        assert count == 1
        pushed.append(late)
    assert pushed[0] > 4
    assert pushed[-1] > 10 * 36
    assert all(later > 3 * earlier for earlier, later in pairwise(pushed))


def test_the_left_and_upper_neighbour_do_not_tell_an_island() -> None:
    grid = [[1, 0, 1], [1, 1, 1]]
    starts = [
        (r, c)
        for r, row in enumerate(grid)
        for c, land in enumerate(row)
        if land and not (r and grid[r - 1][c]) and not (c and grid[r][c - 1])
    ]
    assert len(starts) == 2
    assert islands(grid)[0] == 1


# course-schedule

Pairs = set[tuple[int, int]]


def followers(courses: int, pairs: Pairs) -> list[list[int]]:
    out: list[list[int]] = [[] for _ in range(courses)]
    for before, after in sorted(pairs):
        out[before].append(after)
    return out


def kahn(courses: int, pairs: Pairs) -> tuple[list[int], int]:
    """An order, smallest free course first, and the number of rounds when all free ones are taken at once."""
    out, waiting = followers(courses, pairs), Counter(after for _, after in pairs)
    free = [course for course in range(courses) if not waiting[course]]
    level = dict.fromkeys(free, 1)
    heapq.heapify(free)
    order = []
    while free:
        course = heapq.heappop(free)
        order.append(course)
        for after in out[course]:
            waiting[after] -= 1
            level[after] = max(level.get(after, 0), level[course] + 1)
            if not waiting[after]:
                heapq.heappush(free, after)
    return order, max((level[course] for course in order), default=0)


def by_depth(courses: int, pairs: Pairs) -> tuple[list[int] | None, list[int]]:
    """The reversed finishing order (None for a cycle), and the order of entering."""
    out, state, finished, entered = followers(courses, pairs), [0] * courses, [], []

    def visit(course: int) -> bool:
        state[course] = 1
        entered.append(course)
        for after in out[course]:
            if state[after] == 1 or (state[after] == 0 and not visit(after)):
                return False
        state[course] = 2
        finished.append(course)
        return True

    fine = all(state[course] or visit(course) for course in range(courses))
    return (finished[::-1] if fine else None), entered


def keeps(order: list[int] | tuple[int, ...], pairs: Pairs) -> bool:
    place = {course: i for i, course in enumerate(order)}
    return all(place[before] < place[after] for before, after in pairs)


def test_kahn_and_depth_first_search_find_an_order_whenever_there_is_one() -> None:
    chance, impossible = random.Random(14), 0
    for _ in range(400):
        pairs = {(chance.randrange(5), chance.randrange(5)) for _ in range(chance.randrange(7))}
        valid = [order for order in permutations(range(5)) if keeps(order, pairs)]
        order, _ = kahn(5, pairs)
        deep, _ = by_depth(5, pairs)
        impossible += not valid
        assert (len(order) == 5) == (deep is not None) == bool(valid)
        if valid:
            assert tuple(order) == valid[0]  # the smallest, as permutations come in dictionary order
            assert deep
            assert keeps(deep, pairs)
    assert 50 < impossible < 350


def test_a_diamond_has_no_cycle_though_a_node_is_seen_twice_and_has_several_orders() -> None:
    diamond = {(0, 1), (0, 2), (1, 3), (2, 3)}
    assert by_depth(4, diamond)[0] is not None
    assert sum(keeps(order, diamond) for order in permutations(range(4))) == 2
    assert by_depth(3, {(0, 1), (0, 2), (2, 1)})[1] == [0, 1, 2]  # entering is no valid order
    assert not keeps([0, 1, 2], {(0, 1), (0, 2), (2, 1)})


def test_one_prerequisite_done_is_not_enough() -> None:
    pairs = {(0, 1), (0, 2), (1, 2), (2, 3), (0, 3)}
    queue, order, seen = deque([0]), [], {0}
    while queue:
        order.append(queue.popleft())
        for after in followers(4, pairs)[order[-1]][::-1]:
            if after not in seen:
                seen.add(after)
                queue.append(after)
    assert not keeps(order, pairs)
    assert keeps(kahn(4, pairs)[0], pairs)


def test_those_left_over_may_only_wait_for_a_cycle() -> None:
    order, _ = kahn(4, {(0, 1), (1, 0), (1, 2)})
    assert order == [3]  # 2 is left over too, and lies on no cycle


def test_semesters_are_the_longest_chain() -> None:
    chance = random.Random(15)
    for _ in range(300):
        pairs = {tuple(sorted(chance.sample(range(7), 2))) for _ in range(chance.randrange(10))}
        longest = [1] * 7
        for after in range(7):
            longest[after] += max((longest[b] for b, a in pairs if a == after), default=0)
        assert kahn(7, pairs)[1] == max(longest)


def test_with_a_limit_it_matters_which_free_courses_are_taken() -> None:
    pairs = {
        (2, 3),
        (3, 4),
    }  # 0 and 1 have neither prerequisites nor followers; two courses fit in a semester

    def semesters(key: Callable[[int], int]) -> int:
        done: set[int] = set()
        rounds = 0
        while len(done) < 5:
            free = [c for c in range(5) if c not in done and all(b in done for b, a in pairs if a == c)]
            done |= set(sorted(free, key=key)[:2])
            rounds += 1
        return rounds

    assert semesters(lambda course: course) == 4
    assert semesters(lambda course: -course) == 3


# longest-substring-without-repeats


def longest_unique(text: str, *, guard: bool = True) -> int:
    left, best, last = 0, 0, {}
    for right, letter in enumerate(text):
        if letter in last:
            left = max(left, last[letter] + 1) if guard else last[letter] + 1
        last[letter] = right
        best = max(best, right - left + 1)
    return best


def longest_starting_over(text: str) -> int:
    seen: set[str] = set()
    best = 0
    for letter in text:
        seen = {letter} if letter in seen else seen | {letter}
        best = max(best, len(seen))
    return best


def pieces(text: str) -> list[str]:
    return [text[a:b] for a in range(len(text)) for b in range(a + 1, len(text) + 1)]


def longest_with_at_most(text: str, k: int) -> tuple[int, int]:
    left, best, moves, inside = 0, 0, 0, Counter()
    for right, letter in enumerate(text):
        inside[letter] += 1
        while len(inside) > k:
            inside[text[left]] -= 1
            if not inside[text[left]]:
                del inside[text[left]]
            left, moves = left + 1, moves + 1
        best = max(best, right - left + 1)
    return best, moves


def test_the_window_equals_brute_force() -> None:
    chance = random.Random(16)
    for _ in range(1000):
        text = "".join(chance.choices("abc", k=chance.randrange(9)))
        assert longest_unique(text) == max((len(p) for p in pieces(text) if len(set(p)) == len(p)), default=0)
        for k in (1, 2):
            length, moves = longest_with_at_most(text, k)
            assert length == max((len(p) for p in pieces(text) if len(set(p)) <= k), default=0)
            assert moves <= len(text)
    assert (longest_unique(""), longest_unique("aaaaa"), longest_unique("abcde")) == (0, 1, 5)
    assert longest_unique("pwwkew") == 3
    assert len(pieces("abcdefgh")) == 8 * 9 // 2


def test_going_back_or_starting_over_is_wrong() -> None:
    assert longest_unique("abba") == 2
    assert longest_unique("abba", guard=False) == 3
    assert longest_unique("dvdf") == 3
    assert longest_starting_over("dvdf") == 2


# validate-binary-search-tree


@dataclass(eq=False)
class Tree:
    key: int
    left: Tree | None = None
    right: Tree | None = None


def keys(tree: Tree | None) -> list[int]:
    return [*keys(tree.left), tree.key, *keys(tree.right)] if tree else []


def within(tree: Tree | None, low: float = -math.inf, high: float = math.inf) -> bool:
    if tree is None:
        return True
    return low < tree.key < high and within(tree.left, low, tree.key) and within(tree.right, tree.key, high)


def by_definition(tree: Tree | None) -> bool:
    if tree is None:
        return True
    smaller = all(key < tree.key for key in keys(tree.left))
    larger = all(key > tree.key for key in keys(tree.right))
    return smaller and larger and by_definition(tree.left) and by_definition(tree.right)


def children_only(tree: Tree | None) -> bool:
    if tree is None:
        return True
    fine = (not tree.left or tree.left.key < tree.key) and (not tree.right or tree.right.key > tree.key)
    return fine and children_only(tree.left) and children_only(tree.right)


def morris(root: Tree | None) -> list[int]:
    out, node = [], root
    while node:
        if not node.left:
            out.append(node.key)
            node = node.right
            continue
        before = node.left
        while before.right and before.right is not node:
            before = before.right
        if before.right is node:
            before.right = None
            out.append(node.key)
            node = node.right
        else:
            before.right, node = node, node.left
    return out


def some_tree(chance: random.Random, values: list[int]) -> Tree | None:
    if not values:
        return None
    middle = chance.randrange(len(values))
    return Tree(values[middle], some_tree(chance, values[:middle]), some_tree(chance, values[middle + 1 :]))


def nodes(tree: Tree | None) -> list[Tree]:
    return [*nodes(tree.left), tree, *nodes(tree.right)] if tree else []


def test_bounds_and_in_order_equal_the_definition() -> None:
    chance, valid = random.Random(17), 0
    for _ in range(1500):
        tree = some_tree(chance, sorted(chance.sample(range(20), chance.randrange(7))))
        if tree and chance.random() < 0.6:
            chance.choice(nodes(tree)).key = chance.randrange(20)
        expected = by_definition(tree)
        valid += expected
        assert within(tree) == expected
        assert all(a < b for a, b in pairwise(keys(tree))) == expected
        before = keys(tree)
        assert morris(tree) == before == keys(tree)
    assert 300 < valid < 1200


def test_children_alone_and_an_integer_as_a_bound_go_wrong() -> None:
    tree = Tree(10, None, Tree(15, Tree(6)))
    assert children_only(tree)
    assert not within(tree)
    limit = 2**31 - 1
    assert within(Tree(limit))
    assert not within(Tree(limit), -(2**31), limit)
    assert not within(Tree(5, Tree(5)))


def test_two_swapped_nodes_are_found_by_the_descents() -> None:
    chance = random.Random(18)
    for _ in range(500):
        tree = some_tree(chance, list(range(8)))
        order = nodes(tree)
        a, b = chance.sample(order, 2)
        a.key, b.key = b.key, a.key
        drops = [(x, y) for x, y in pairwise(order) if x.key > y.key]
        assert len(drops) in (1, 2)
        first, second = drops[0][0], drops[-1][1]
        first.key, second.key = second.key, first.key
        assert keys(tree) == list(range(8))


# coin-change


def fewest(coins: list[int], amount: int, start: float = math.inf) -> float:
    table: list[float] = [0, *[start] * amount]
    for a in range(1, amount + 1):
        for coin in coins:
            if coin <= a:
                table[a] = min(table[a], table[a - coin] + 1)
    return -1 if math.isinf(table[amount]) else table[amount]


def greedy(coins: list[int], amount: int) -> int:
    count = 0
    for coin in sorted(coins, reverse=True):
        count, amount = count + amount // coin, amount % coin
    return -1 if amount else count


def exhaustive(coins: list[int], amount: int) -> int:
    ranges = [range(amount // coin + 1) for coin in coins]
    sums = [c for c in product(*ranges) if sum(map(int.__mul__, c, coins)) == amount]
    return min(map(sum, sums), default=-1)


def test_the_table_equals_exhaustive_search() -> None:
    chance = random.Random(19)
    for _ in range(300):
        coins, amount = chance.sample(range(1, 9), chance.randrange(1, 4)), chance.randrange(14)
        assert fewest(coins, amount) == exhaustive(coins, amount)
    assert fewest([2], 3) == -1
    assert fewest([2], 0) == 0


def test_greedy_pays_six_with_three_coins_where_two_are_enough() -> None:
    assert greedy([1, 3, 4], 6) == 3
    assert fewest([1, 3, 4], 6) == 2
    euro = [1, 2, 5, 10, 20, 50, 100, 200]
    assert all(greedy(euro, amount) == fewest(euro, amount) for amount in range(250))
    assert fewest([2], 3, start=0) == 0  # zeros everywhere: a free lunch


def test_plain_recursion_explodes_and_a_memo_sees_each_amount_once() -> None:
    calls: Counter[str] = Counter()

    def plain(amount: int) -> float:
        calls["plain"] += 1
        return min(
            (1 + plain(amount - c) for c in (1, 3, 4) if c <= amount), default=0 if not amount else math.inf
        )

    @lru_cache
    def memo(amount: int) -> float:
        calls["memo"] += 1
        return min(
            (1 + memo(amount - c) for c in (1, 3, 4) if c <= amount), default=0 if not amount else math.inf
        )

    assert plain(20) == memo(20) == 5
    assert calls["memo"] == 21
    assert calls["plain"] > 5000


def ways(coins: list[int], amount: int, *, coins_outside: bool) -> int:
    table = [1, *[0] * amount]
    pairs = product(coins, range(1, amount + 1))
    for coin, a in pairs if coins_outside else sorted(pairs, key=lambda pair: pair[1]):
        table[a] += table[a - coin] if a >= coin else 0
    return table[amount]


def test_the_order_of_the_loops_decides_what_is_counted() -> None:
    assert ways([1, 2], 3, coins_outside=True) == 2
    assert ways([1, 2], 3, coins_outside=False) == 3
    for amount in range(12):
        counts = product(range(amount + 1), range(amount // 3 + 1), range(amount // 4 + 1))
        assert ways([1, 3, 4], amount, coins_outside=True) == sum(
            a + 3 * b + 4 * c == amount for a, b, c in counts
        )


def test_the_last_coin_of_each_amount_leads_back_to_the_coins() -> None:
    table, last = [0.0, *[math.inf] * 30], [0] * 31
    for a in range(1, 31):
        for coin in (c for c in (1, 3, 4) if c <= a):
            if table[a - coin] + 1 < table[a]:
                table[a], last[a] = table[a - coin] + 1, coin
    for amount in range(31):
        left, used = amount, []
        while left:
            used.append(last[left])
            left -= last[left]
        assert sum(used) == amount
        assert len(used) == table[amount]


# trie-prefix-search


class Trie:
    def __init__(self) -> None:
        self.children: dict[str, Trie] = {}
        self.end = False

    def insert(self, word: str) -> None:
        node = self
        for letter in word:
            node = node.children.setdefault(letter, Trie())
        node.end = True

    def walk(self, text: str) -> tuple[Trie | None, int]:
        node, steps = self, 0
        for letter in text:
            if letter not in node.children:
                return None, steps
            node, steps = node.children[letter], steps + 1
        return node, steps

    def search(self, word: str) -> bool:
        node, _ = self.walk(word)
        return node is not None and node.end

    def starting_with(self, prefix: str) -> list[str]:
        node, _ = self.walk(prefix)
        return list(node.words(prefix)) if node else []

    def words(self, prefix: str) -> Iterator[str]:
        if self.end:
            yield prefix
        for letter in sorted(self.children):
            yield from self.children[letter].words(prefix + letter)

    def near(self, word: str, limit: int) -> dict[str, int]:
        """Words within an edit distance: a row of the table for each node, cut by the row's minimum."""
        found: dict[str, int] = {}

        def visit(node: Trie, text: str, row: list[int]) -> None:
            if node.end and row[-1] <= limit:
                found[text] = row[-1]
            if min(row) > limit:
                return
            for letter, child in node.children.items():
                visit(child, text + letter, next_row(row, word, letter))

        visit(self, "", list(range(len(word) + 1)))
        return found


def next_row(row: list[int], word: str, letter: str) -> list[int]:
    new = [row[0] + 1]
    for i, other in enumerate(word):
        new.append(min(new[i] + 1, row[i + 1] + 1, row[i] + (other != letter)))
    return new


def distance(a: str, b: str) -> int:
    row = list(range(len(a) + 1))
    for letter in b:
        row = next_row(row, a, letter)
    return row[-1]


def test_the_trie_equals_a_list_with_startswith() -> None:
    chance = random.Random(20)
    some = ["".join(chance.choices("ab", k=chance.randrange(6))) for _ in range(400)]
    for start in range(0, 400, 8):
        words, trie = some[start : start + 8], Trie()
        for word in [*words, words[0]]:
            trie.insert(word)
        for text in some[:40]:
            assert trie.search(text) == (text in words)
            assert trie.starting_with(text) == sorted({w for w in words if w.startswith(text)})
            assert trie.near(text, 1) == {w: distance(text, w) for w in words if distance(text, w) <= 1}
        assert trie.starting_with("") == sorted(set(words))
    assert Trie().starting_with("a") == []


def test_car_is_a_word_only_if_it_was_inserted_and_steps_do_not_grow_with_the_words() -> None:
    trie = Trie()
    trie.insert("card")
    assert not trie.search("car")
    assert trie.starting_with("car") == ["card"]
    trie.insert("car")
    assert trie.search("car")
    node, before = trie.walk("card")
    assert node is not None
    for letters in product("abcd", repeat=5):
        trie.insert("".join(letters))
    assert trie.walk("card") == (node, before)
    assert before == 4


def test_the_minimum_of_a_row_never_falls() -> None:
    chance = random.Random(21)
    for _ in range(300):
        row, word = list(range(6)), "".join(chance.choices("abc", k=5))
        for letter in chance.choices("abc", k=8):
            new = next_row(row, word, letter)
            assert min(new) >= min(row)
            row = new


# merge-sort-and-quicksort

Pair = tuple[int, int]


def merge_sort(values: list[Pair], count: Counter[str]) -> list[Pair]:
    """Sorts by the first part alone and takes ties from the left half."""
    if len(values) < 2:
        return values
    left = merge_sort(values[: len(values) // 2], count)
    right = merge_sort(values[len(values) // 2 :], count)
    out, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        count["compared"] += 1
        if left[i][0] <= right[j][0]:
            out.append(left[i])
            i += 1
        else:
            out.append(right[j])
            j += 1
    return [*out, *left[i:], *right[j:]]


def quicksort(values: list[Pair], choose: Callable[[int, int], int], count: Counter[str]) -> None:
    """In place by Lomuto's scheme; the smaller side first, so that the stack stays small."""
    stack = [(0, len(values))]
    while stack:
        low, high = stack.pop()
        if high - low < 2:
            continue
        pivot = choose(low, high)
        values[pivot], values[high - 1] = values[high - 1], values[pivot]
        border = low
        for i in range(low, high - 1):
            count["compared"] += 1
            if values[i][0] <= values[high - 1][0]:
                values[i], values[border] = values[border], values[i]
                border += 1
        values[border], values[high - 1] = values[high - 1], values[border]
        stack += sorted([(low, border), (border + 1, high)], key=lambda side: side[0] - side[1])
        count["deepest"] = max(count["deepest"], len(stack))


def three_way(values: list[int], chance: random.Random, count: Counter[str]) -> list[int]:
    if len(values) < 2:
        return values
    pivot = chance.choice(values)
    count["compared"] += len(values)
    smaller, larger = [v for v in values if v < pivot], [v for v in values if v > pivot]
    equal = [pivot] * (len(values) - len(smaller) - len(larger))
    return [*three_way(smaller, chance, count), *equal, *three_way(larger, chance, count)]


def test_both_sorts_equal_sorted_and_merge_sort_is_stable() -> None:
    chance, unstable = random.Random(22), 0
    for _ in range(500):
        values = [(chance.randrange(6), i) for i in range(chance.randrange(12))]
        assert merge_sort(values, Counter()) == sorted(values, key=lambda pair: pair[0])
        quick = values[:]
        quicksort(quick, chance.randrange, Counter())
        assert [key for key, _ in quick] == sorted(key for key, _ in values)
        unstable += quick != sorted(values)
    assert unstable > 0


def test_merge_sort_has_no_bad_input_and_quicksort_has_with_the_first_as_pivot() -> None:
    n, chance = 512, random.Random(23)
    ordered = [(i, i) for i in range(n)]
    for values in (ordered, ordered[::-1]):
        count: Counter[str] = Counter()
        merge_sort(values, count)
        assert n / 2 * 9 <= count["compared"] <= n * 9  # 9 is the logarithm of 512
    first, at_random = Counter(), Counter()
    quicksort(ordered[:], lambda low, _: low, first)
    quicksort(ordered[:], chance.randrange, at_random)
    assert first["compared"] == n * (n - 1) // 2
    assert at_random["compared"] < 3 * n * math.log2(n)
    assert max(first["deepest"], at_random["deepest"]) <= math.log2(n) + 2


def test_a_random_pivot_takes_about_1_39_n_log_n_comparisons() -> None:
    n, chance = 2000, random.Random(24)
    expected = 2 * (n + 1) * sum(1 / i for i in range(1, n + 1)) - 4 * n
    counts = []
    for _ in range(20):
        count: Counter[str] = Counter()
        quicksort([(i, i) for i in range(n)], chance.randrange, count)
        counts.append(count["compared"])
    assert sum(counts) / 20 == pytest.approx(expected, rel=0.06)
    assert 2 * math.log(2) == pytest.approx(1.39, abs=0.005)


def test_equal_keys_are_quadratic_two_way_and_linear_three_way() -> None:
    n, chance = 400, random.Random(25)
    two, three = Counter(), Counter()
    quicksort([(7, i) for i in range(n)], chance.randrange, two)
    assert two["compared"] == n * (n - 1) // 2
    assert three_way([7] * n, chance, three) == [7] * n
    assert three["compared"] == n
    values = [chance.randrange(5) for _ in range(n)]
    assert three_way(values, chance, three) == sorted(values)
    assert three["compared"] <= n + 5 * n
