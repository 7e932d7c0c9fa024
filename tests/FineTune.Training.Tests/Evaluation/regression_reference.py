"""Writes regression-reference.json with scikit-learn and scipy: python3 regression_reference.py > regression-reference.json"""
import json
import numpy as np
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score, root_mean_squared_error


def case(name, expected, predicted):
    expected, predicted = (np.asarray([float(repr(float(x))) for x in side]) for side in (expected, predicted))
    metrics = {
        "mse": mean_squared_error(expected, predicted), "rmse": root_mean_squared_error(expected, predicted), "mae": mean_absolute_error(expected, predicted),
        "r2": r2_score(expected, predicted), "pearson": pearsonr(expected, predicted)[0], "spearman": spearmanr(expected, predicted)[0]}
    metrics["loss"] = metrics["mse"]
    return {"name": name, "expected": expected.tolist(), "predicted": predicted.tolist(), "metrics": {key: float(value) for key, value in metrics.items()}}


random = np.random.default_rng(5)
noise = random.normal(0, 1, 70)
stars = random.integers(1, 6, 90).astype(float)
cases = [
    case("no relation", random.normal(0, 1, 40), random.normal(0, 1, 40)),
    case("close", noise, noise + random.normal(0, 0.2, 70)),
    case("ties on both sides", stars, np.clip(np.round(stars + random.normal(0, 1, 90)), 1, 5)),
    case("large values with small differences", 1e6 + noise, 1e6 + noise + random.normal(0, 0.1, 70)),
    case("opposite", noise, -2 * noise + 3),
    case("a monotone curve", noise, np.exp(noise)),
    case("two rows", [1.0, 2.0], [1.5, 1.0]),
]
print(json.dumps(cases, indent=None).replace('{"name"', '\n{"name"'))
