"""Makes mt19937.json: the numbers of NumPy's old generator.

Run: python test/golden/mt19937.py   (needs NumPy)
"""

import numpy as np
from goldenFile import source, write


def case(seed):
    random = np.random.RandomState(seed)
    doubles = [float(random.random_sample()) for _ in range(10)]
    order = np.random.RandomState(seed).permutation(16).tolist()
    long_order = np.random.RandomState(seed).permutation(2000).tolist()
    random = np.random.RandomState(seed)
    # One stream: choices of every kind between other numbers, as the generator takes them.
    mixed = []
    for bound in (1, 2, 3, 7, 64, 1000, 10**7):
        mixed += [int(random.choice(bound)), float(random.uniform(-bound, bound)), int(random.choice([-1, 1]))]
        mixed += [int(random.randint(bound))]
    return {"seed": seed, "doubles": doubles, "permutation16": order, "permutation2000": long_order, "mixed": mixed}


write("mt19937", {
    "source": source("mt19937.py", ["numpy"]),
    "cases": [case(seed) for seed in (0, 1, 7, 42, 123456, 2**32 - 1)],
})
