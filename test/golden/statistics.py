"""Golden values of SciPy and statsmodels for intervals, paired tests and corrections."""

import numpy as np
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

import goldenFile


def quantiles():
    levels = [1e-300, 1e-12, 1e-6, 0.001, 0.025, 0.2, 0.4999, 0.5, 0.7, 0.975, 0.999999]
    points = [-37.0, -8.0, -3.6, -3.5, -2.0, -0.3, 0.0, 0.7, 1.959963984540054, 5.0]
    return [{"quantile": [[p, stats.norm.ppf(p)] for p in levels if p != 0.5], "cdf": [[x, stats.norm.cdf(x)] for x in points],
             "student": [[p, df, stats.t.ppf(p, df)] for p in (0.6, 0.975, 0.995) for df in (1, 2, 4, 9, 100)],
             "beta": [[p, a, b, stats.beta.ppf(p, a, b)] for p in (0.025, 0.5, 0.975) for a, b in ((1, 30), (17, 4), (400, 600))]}]


def proportions():
    cases = [(0, 10), (3, 3), (7, 12), (941, 1000), (9870, 10000)]
    return [{"successes": k, "trials": n, "wilson": list(proportion_confint(k, n, method="wilson")),
             "exact": list(proportion_confint(k, n, method="beta"))} for k, n in cases]


def paired(both_right, first, second, both_wrong):
    n = both_right + first + second + both_wrong
    smaller = min(first, second)
    # Fagerland, Lydersen and Laake 2013, with SciPy's binomial distribution.
    mid = 1.0 if first + second == 0 else 2 * stats.binom.cdf(smaller, first + second, 0.5) - stats.binom.pmf(smaller, first + second, 0.5)
    mid = 1 - stats.binom.pmf(first, first + second, 0.5) if first == second and first > 0 else mid
    # Bonett and Price 2012: Wald's interval of the differences with one image more on each side.
    d = np.concatenate([np.ones(first + 1), -np.ones(second + 1), np.zeros(both_right + both_wrong)])
    low, high = stats.norm.interval(0.95, loc=d.mean(), scale=d.std() / np.sqrt(n + 2))
    case = {"counts": [both_right, first, second, both_wrong],
            "exact": float(mcnemar([[both_right, first], [second, both_wrong]], exact=True).pvalue),
            "midP": float(mid), "difference": [(first - second) / n, max(-1, low), min(1, high)]}
    if first + second > 0:
        low, high = proportion_confint(first, first + second, method="beta")
        case["share"] = [first / (first + second), low, high]
    return case


def bootstrap(name, values, resamples, random):
    def ci(method, seed):
        return stats.bootstrap((values,), np.mean, n_resamples=resamples, method=method, random_state=seed, vectorized=True)
    seed = int(random.integers(1 << 30))
    percentile, bca = ci("percentile", seed), ci("BCa", seed)
    return {"name": name, "values": [float(v) for v in values], "replicates": [float(v) for v in bca.bootstrap_distribution],
            "percentile": list(map(float, percentile.confidence_interval)), "bca": list(map(float, bca.confidence_interval))}


def connor(difference, disagreement, alpha, power):
    """Images needed, and the exact power of the mid-p test with so many, by adding up all tables."""
    z, zp = stats.norm.ppf(1 - alpha / 2), stats.norm.ppf(power)
    n = int(np.ceil(((z * np.sqrt(disagreement) + zp * np.sqrt(disagreement - difference ** 2)) / difference) ** 2))
    total = 0.0
    for m in range(int(stats.binom.ppf(1e-9, n, disagreement)), int(stats.binom.ppf(1 - 1e-9, n, disagreement)) + 1):
        if m == 0:
            continue
        k = np.arange(m + 1)
        smaller = np.minimum(k, m - k)
        p = 2 * stats.binom.cdf(smaller, m, 0.5) - stats.binom.pmf(smaller, m, 0.5)
        share = (disagreement + difference) / 2 / disagreement
        total += stats.binom.pmf(m, n, disagreement) * stats.binom.pmf(k[p < alpha], m, share).sum()
    return {"difference": difference, "disagreement": disagreement, "alpha": alpha, "power": power, "images": n, "exactPower": float(total)}


def main():
    random = np.random.default_rng(5)
    p = [0.01, 0.04, 0.03, 0.005, 0.5, 0.04]
    runs = [0.951, 0.943, 0.948, 0.94, 0.957]
    t = stats.t.interval(0.95, len(runs) - 1, loc=np.mean(runs), scale=stats.sem(runs))
    goldenFile.write("statistics", {
        "source": goldenFile.source("statistics.py", ["scipy", "statsmodels", "numpy"]),
        "distributions": quantiles(), "proportions": proportions(),
        "paired": [paired(*c) for c in ((900, 40, 20, 40), (3, 0, 0, 1), (50, 6, 6, 2), (9300, 301, 250, 149), (10, 5, 0, 1), (0, 1, 0, 0))],
        "bootstrap": [bootstrap("right or wrong", (random.uniform(size=60) < 0.9).astype(float), 499, random),
                      bootstrap("skewed", random.exponential(size=40).round(6), 499, random)],
        "power": [connor(0.02, 0.06, 0.05, 0.8), connor(0.05, 0.1, 0.05, 0.9), connor(0.03, 0.05, 0.01, 0.8)],
        "holm": [{"p": p, "corrected": multipletests(p, method="holm")[1].tolist()}],
        "seeds": [{"values": runs, "mean": float(np.mean(runs)), "deviation": float(np.std(runs, ddof=1)), "interval": list(map(float, t))}]})


if __name__ == "__main__":
    main()
