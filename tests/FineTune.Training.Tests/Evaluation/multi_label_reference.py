"""Writes multi-label-reference.json with scikit-learn and PyTorch: python3 multi_label_reference.py > multi-label-reference.json"""
import json
import numpy as np
import torch
from scipy.special import expit
from sklearn.metrics import accuracy_score, f1_score, hamming_loss, precision_score, recall_score


def best_f1(expected, probabilities):
    """The highest F1 that any threshold reaches, by trying every probability as one."""
    return max((f1_score(expected, probabilities >= threshold, zero_division=0) for threshold in np.unique(probabilities)), default=0.0)


def case(name, labels, expected, logits, thresholds):
    logits = np.round(np.asarray(logits, dtype=np.float32), 3)
    expected = np.asarray(expected, dtype=int)
    wide = logits.astype(np.float64)
    probabilities = expit(wide)
    predicted = (probabilities >= np.asarray(thresholds)).astype(int)
    metrics = {"exact_match": accuracy_score(expected, predicted), "hamming": hamming_loss(expected, predicted)}
    metrics["loss"] = torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor(wide), torch.tensor(expected, dtype=torch.float64)).item()
    for metric, function in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
        for average in ("macro", "micro", "weighted"):
            metrics[f"{metric}.{average}"] = function(expected, predicted, average=average, zero_division=0)
        for label, value in zip(labels, function(expected, predicted, average=None, zero_division=0)):
            metrics[f"{metric}[{label}]"] = value
    return {"name": name, "labels": labels, "expected": [np.flatnonzero(row).tolist() for row in expected], "logits": [[float(str(x)) for x in row] for row in logits],
            "thresholds": list(thresholds), "metrics": {key: float(value) for key, value in metrics.items()},
            "bestF1": [float(best_f1(expected[:, label], probabilities[:, label])) for label in range(len(labels))]}


random = np.random.default_rng(11)
four = random.random((80, 4)) < [0.5, 0.3, 0.15, 0.1]
rare = random.random((50, 3)) < [0.6, 0.08, 0]
cases = [
    case("four labels, mostly right", ["a", "b", "c", "d"], four, random.normal(0, 1.5, (80, 4)) + 3 * four - 1.5, [0.5, 0.5, 0.5, 0.5]),
    case("other thresholds", ["a", "b", "c", "d"], four, random.normal(0, 1, (80, 4)) + 2 * four - 2, [0.3, 0.25, 0.61, 0.1]),
    case("rare labels and one that never occurs", ["often", "rare", "never"], rare, random.normal(-1, 1, (50, 3)) + 2 * rare, [0.5, 0.4, 0.5]),
    case("large logits, many ties", ["x", "y"], random.integers(0, 2, (40, 2)), np.round(random.normal(0, 40, (40, 2)) / 60) * 60, [0.5, 0.9]),
    case("nothing is answered", ["a", "b"], random.integers(0, 2, (12, 2)), np.full((12, 2), -9.0), [0.5, 0.5]),
    case("all right", ["a", "b"], [[1, 0], [0, 0], [1, 1]], [[3, -1], [-2, -2], [4, 0.5]], [0.5, 0.5]),
]
print(json.dumps(cases, indent=None).replace('{"name"', '\n{"name"'))
