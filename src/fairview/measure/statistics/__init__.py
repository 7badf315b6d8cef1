"""Statistics on counts, cells and resamples: pure numpy, one file per method, no engine.

Everything takes arrays (or `Parts`) and a level, chance comes from a passed generator, undefined
is NaN (which a caller turns into a status), and simulation proves every claimed rate.

Proportions in small cells (broadcast over arrays; return lower and upper ends)
    ``wilson(x, n, level)``, ``clopper_pearson(x, n, level)``, ``jeffreys(x, n, level)``,
    ``score_difference(x1, n1, x2, n2, level)``, ``score_ratio(x1, n1, x2, n2, level)``,
    and the tests ``difference_score(x1, n1, x2, n2, difference)``, ``ratio_score(…, ratio)``

Resamples
    ``poisson_cells(counts, replicates, rng)``, ``multinomial_cells(counts, replicates, rng)``,
    ``moment_cells(count, mean, m2, replicates, rng)`` for independent rows;
    ``cluster_robust(totals, counts)`` -> ratios, errors; ``influence(totals, counts)``;
    ``cluster_resamples(totals, counts, figures, replicates, rng)`` for clusters

Many groups at once
    ``Parts.of_shares(x, n, overall=, exact=)`` for independent rows,
    ``Parts.of_clusters(left_out, values, bounds, effective_n)`` for a jackknife over buckets,
    ``Parts.of_means(count, mean, m2, bounds)``, ``Parts.of_resamples(resampled, values, bounds)``;
    then ``gaps_to(parts, reference, rng, level)``, ``ratios_to(parts, reference, rng, level)``
    -> `Simultaneous` (values, low, high, critical, each, p_values);
    ``worst_gap(parts, rng, level)``, ``worst_ratio(parts, rng, level)`` -> `Worst`;
    ``max_t(values, errors, resampled, level)`` for any other figures

Families
    ``holm(p_values)``, ``benjamini_hochberg(p_values)`` -> adjusted p-values

Power
    ``smallest_gap(error, level, power, critical)``, ``power_of_gap(gap, error, level, critical)``,
    ``required_n(gap, rate, level, power, design_effect=, share=, critical=)``,
    ``gap_error(rate, n, other_n, gap, design_effect)``,
    ``design_effect(error, independent_error)``

Daily looks
    ``always_valid(values, errors, planned_error, level)`` for figures of merged cells;
    `Watched` (``update``, ``merge``, ``interval``, ``to_dict``) for a mean of independent values;
    ``mixture_reach(n, variance, rho, level)``, ``tuning(planned_n, variance, level)``

Inferred attributes
    `ErrorModel` (groups, counts, domain, version, condition);
    ``correct(cells, model, domain, rng, figures=shares | rates, resampled=)`` -> `Corrected`;
    ``corrected_counts(reads, matrix)``; ``varied(cells, model, figures)`` and ``band(…)`` for
    assumptions that may fail

The rest
    ``mix_and_rate(totals, counts, other_totals, other_counts)`` -> `MixAndRate`;
    ``plug_in_kl``, ``corrected_kl``, ``kl_null``;
    ``pigeonhole(people, items, totals, counts, figures, replicates, rng)``,
    ``two_way_error(people, items, totals, counts)``;
    ``private_totals(contributions, clip, rho, ledger, what)``, `PrivacyLedger`,
    ``epsilon_of(rho, delta)``
"""

from __future__ import annotations

from fairview.measure.statistics.always_valid import Watched, always_valid, mixture_reach, tuning
from fairview.measure.statistics.benjamini_hochberg import benjamini_hochberg
from fairview.measure.statistics.cell_bootstrap import (
    moment_cells,
    multinomial_cells,
    poisson_cells,
)
from fairview.measure.statistics.clopper_pearson import clopper_pearson
from fairview.measure.statistics.cluster_bootstrap import cluster_resamples, cluster_weights
from fairview.measure.statistics.cluster_robust import cluster_robust, influence
from fairview.measure.statistics.error_correction import (
    Corrected,
    correct,
    corrected_counts,
    rates,
    shares,
)
from fairview.measure.statistics.error_model import ErrorModel
from fairview.measure.statistics.error_sensitivity import Varied, band, varied
from fairview.measure.statistics.gaps import (
    Pairs,
    gaps_between,
    gaps_to,
    ratios_between,
    ratios_to,
)
from fairview.measure.statistics.holm import holm
from fairview.measure.statistics.jeffreys import jeffreys
from fairview.measure.statistics.kl import corrected_kl, kl_null, plug_in_kl
from fairview.measure.statistics.max_t import Simultaneous, max_t
from fairview.measure.statistics.mix_and_rate import MixAndRate, mix_and_rate
from fairview.measure.statistics.parts import Parts
from fairview.measure.statistics.pigeonhole import pigeonhole, two_way_error
from fairview.measure.statistics.power import (
    design_effect,
    gap_error,
    power_of_gap,
    required_n,
    smallest_gap,
)
from fairview.measure.statistics.privacy import PrivateTotals, private_totals
from fairview.measure.statistics.privacy_ledger import PrivacyLedger, epsilon_of
from fairview.measure.statistics.score_difference import difference_score, score_difference
from fairview.measure.statistics.score_ratio import ratio_score, score_ratio
from fairview.measure.statistics.wilson import wilson
from fairview.measure.statistics.worst_gap import Worst, worst_gap, worst_ratio

__all__ = [
    "Corrected",
    "ErrorModel",
    "MixAndRate",
    "Pairs",
    "Parts",
    "PrivacyLedger",
    "PrivateTotals",
    "Simultaneous",
    "Varied",
    "Watched",
    "Worst",
    "always_valid",
    "band",
    "benjamini_hochberg",
    "clopper_pearson",
    "cluster_resamples",
    "cluster_robust",
    "cluster_weights",
    "correct",
    "corrected_counts",
    "corrected_kl",
    "design_effect",
    "difference_score",
    "epsilon_of",
    "gap_error",
    "gaps_between",
    "gaps_to",
    "holm",
    "influence",
    "jeffreys",
    "kl_null",
    "max_t",
    "mix_and_rate",
    "mixture_reach",
    "moment_cells",
    "multinomial_cells",
    "pigeonhole",
    "plug_in_kl",
    "poisson_cells",
    "power_of_gap",
    "private_totals",
    "rates",
    "ratio_score",
    "ratios_between",
    "ratios_to",
    "required_n",
    "score_difference",
    "score_ratio",
    "shares",
    "smallest_gap",
    "tuning",
    "two_way_error",
    "varied",
    "wilson",
    "worst_gap",
    "worst_ratio",
]
