"""Rank statistics of a comparison, exact: Wilcoxon's signed ranks, Hodges and Lehmann's shift with its interval.

References: Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 3rd ed., chapter 3; Benjamini and Hochberg
1995 for the family of tests. Values are compared as natural logarithms, so effects are ratios.

The worked example: an incumbent against a challenger in eight pairs.

>>> incumbent = [5.55, 5.52, 5.58, 5.54, 5.57, 5.53, 5.56, 5.55]
>>> challenger = [5.66, 5.60, 5.70, 5.61, 5.69, 5.64, 5.63, 5.67]
>>> found = compare(incumbent, challenger)
>>> found.statistic, found.p == 1 / 256, found.least_p == 1 / 256
(36.0, True, True)
>>> f"{found.ratio:.7f} {found.low:.7f} {found.high:.7f} {found.level:.4f}"
'1.0175907 1.0135409 1.0215440 0.9609'
>>> verdict(found, found.p)  # a real shift, too small to matter
'equivalent'
"""

import math
from itertools import combinations_with_replacement
from statistics import median
from typing import NamedTuple

ALPHA = 0.01
"""Level of the family of tests."""
LEAST_EFFECT = 0.03
"""Effects below 3 % are not worth a gate."""
LEAST_SUPERIORITY = 0.85
"""Share of the Walsh averages that must lie on the bad side."""
CONFIDENCE = 0.95


class Comparison(NamedTuple):
    """A challenger against an incumbent, smaller being better."""

    pairs: int
    statistic: float
    """Wilcoxon's W of the pairs in which the challenger is larger."""
    p: float
    """One-sided, that the challenger is larger."""
    p_smaller: float
    """One-sided, that it is smaller."""
    least_p: float
    """The least p that so many pairs can give."""
    ratio: float
    """Hodges and Lehmann's estimate of challenger / incumbent."""
    low: float
    high: float
    level: float
    """Exact level of the interval."""
    superiority: float
    """Share of the Walsh averages above 0, ties half."""
    delta: float
    """Least effect that counts: 3 %, or twice the scatter of one value, as the pairs show it without their drift."""


def _subset_sums(ranks: list[int]) -> list[int]:
    """How many subsets of the ranks have each sum.

    >>> _subset_sums([1, 2, 3])
    [1, 1, 1, 2, 1, 1, 1]
    """
    counts = [1] + [0] * sum(ranks)
    for rank in ranks:
        for total in range(len(counts) - 1, rank - 1, -1):
            counts[total] += counts[total - rank]
    return counts


def _doubled_ranks(sizes: list[float]) -> list[int]:
    """Twice the mean rank of each size.

    >>> _doubled_ranks([0.5, 0.1, 0.5])
    [5, 2, 5]
    """
    return [2 * sum(other < size for other in sizes) + sum(other == size for other in sizes) + 1 for size in sizes]


def _interval(walsh: list[float], pairs: int) -> tuple[float, float, float]:
    """The narrowest interval of Walsh averages whose exact level is at least 95 %, else the widest."""
    counts = _subset_sums(list(range(1, pairs + 1)))
    k, below = 1, counts[0]
    while k < len(walsh) // 2 and 1 - 2 * (below + counts[k]) / 2**pairs >= CONFIDENCE:
        below += counts[k]
        k += 1
    return walsh[k - 1], walsh[-k], 1 - 2 * below / 2**pairs


def compare(incumbent: list[float], challenger: list[float]) -> Comparison:
    """Compares pairs of positive values.

    Equal values say nothing:

    >>> same = compare([2.0] * 9, [2.0] * 9)
    >>> same.p, same.ratio, verdict(same, same.p)
    (1.0, 1.0, 'equivalent')
    """
    differences = [math.log(new / old) for old, new in zip(incumbent, challenger, strict=True)]
    pairs = len(differences)
    moved = [difference for difference in differences if difference != 0]
    ranks = _doubled_ranks([abs(difference) for difference in moved])
    larger = sum(rank for rank, difference in zip(ranks, moved) if difference > 0)
    counts = _subset_sums(ranks)
    walsh = sorted((a + b) / 2 for a, b in combinations_with_replacement(differences, 2))
    low, high, level = _interval(walsh, pairs)
    middle = median(differences)
    # A difference of two values scatters by the square root of two more than one.
    scatter = 1.4826 * median(abs(difference - middle) for difference in differences) / math.sqrt(2)
    return Comparison(
        pairs=pairs,
        statistic=larger / 2,
        p=sum(counts[larger:]) / 2 ** len(moved),
        p_smaller=sum(counts[: larger + 1]) / 2 ** len(moved),
        least_p=2.0**-pairs,
        ratio=math.exp(median(walsh)),
        low=math.exp(low),
        high=math.exp(high),
        level=level,
        superiority=sum((value > 0) + (value == 0) / 2 for value in walsh) / len(walsh),
        delta=max(LEAST_EFFECT, 2 * scatter),
    )


def adjust(ps: list[float]) -> list[float]:
    """Benjamini and Hochberg's adjusted p.

    >>> adjust([0.01, 0.04, 0.03])
    [0.03, 0.04, 0.04]
    """
    order = sorted(range(len(ps)), key=lambda place: ps[place], reverse=True)
    adjusted = [1.0] * len(ps)
    least = 1.0
    for rank, place in zip(range(len(ps), 0, -1), order):
        least = min(least, ps[place] * len(ps) / rank)
        adjusted[place] = least
    return adjusted


def pairs_needed(family: int) -> int:
    """Pairs with which one series of a family can reach the level.

    >>> pairs_needed(1), pairs_needed(6)
    (7, 10)
    """
    return math.ceil(math.log2(family / ALPHA))


def verdict(found: Comparison, p: float, p_smaller: float = 1.0) -> str:
    """What a comparison came to, by its adjusted p in both directions.

    >>> slower = compare([1.0, 1.01, 0.99, 1.0, 1.02, 0.98, 1.0, 1.01], [1.2, 1.21, 1.19, 1.22, 1.2, 1.19, 1.2, 1.21])
    >>> verdict(slower, slower.p)
    'regressed'
    >>> verdict(slower, 0.02)
    'inconclusive'

    A shift that is sure and more than 3 % is never equivalent, however much the values scatter:

    >>> noisy = compare([1.0] * 8, [1.05, 1.06, 1.3, 1.07, 1.31, 1.08, 1.32, 1.33])
    >>> noisy.delta > 0.2, verdict(noisy, noisy.p)
    (True, 'inconclusive')
    """
    bound = 1 + found.delta
    if p <= ALPHA and found.ratio >= bound and found.low > 1 and found.superiority >= LEAST_SUPERIORITY:
        return "regressed"
    inferiority = 1 - found.superiority
    if p_smaller <= ALPHA and found.ratio <= 1 / bound and found.high < 1 and inferiority >= LEAST_SUPERIORITY:
        return "improved"
    is_shifted = min(p, p_smaller) <= ALPHA and abs(found.ratio - 1) > LEAST_EFFECT
    if not is_shifted and 1 - found.delta < found.low and found.high < bound:
        return "equivalent"
    return "inconclusive"
