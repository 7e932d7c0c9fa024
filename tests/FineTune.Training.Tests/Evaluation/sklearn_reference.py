"""Writes sklearn-reference.json with scikit-learn and scipy: python3 sklearn_reference.py > sklearn-reference.json"""
import json
import numpy as np
from scipy.special import log_softmax
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, matthews_corrcoef, precision_score, recall_score


def case(name, labels, expected, logits):
    logits = np.round(np.asarray(logits, dtype=np.float32), 3)
    wide = logits.astype(np.float64)
    predicted, index = wide.argmax(axis=1), list(range(len(labels)))
    metrics = {"accuracy": accuracy_score(expected, predicted), "mcc": matthews_corrcoef(expected, predicted)}
    # scipy, because scikit-learn's log_loss cuts small probabilities off.
    metrics["loss"] = -np.mean(log_softmax(wide, axis=1)[np.arange(len(wide)), expected])
    for metric, function in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
        for average in ("macro", "micro", "weighted"):
            metrics[f"{metric}.{average}"] = function(expected, predicted, labels=index, average=average, zero_division=0)
        for label, value in zip(labels, function(expected, predicted, labels=index, average=None, zero_division=0)):
            metrics[f"{metric}[{label}]"] = value
    return {"name": name, "labels": labels, "expected": list(map(int, expected)), "logits": [[float(str(x)) for x in row] for row in logits],
            "metrics": {key: float(value) for key, value in metrics.items()},
            "confusion": confusion_matrix(expected, predicted, labels=index).tolist()}


random = np.random.default_rng(7)
five = random.integers(0, 5, 60)
skewed = random.choice(3, 40, p=[0.8, 0.15, 0.05])
cases = [
    case("two labels", ["negative", "positive"], random.integers(0, 2, 25), random.normal(0, 2, (25, 2))),
    case("five labels, mostly right", ["a", "b", "c", "d", "e"], five, random.normal(0, 1, (60, 5)) + 1.5 * np.eye(5)[five]),
    case("skewed, large logits", ["x", "y", "z"], skewed, random.normal(0, 30, (40, 3)) + 40 * np.eye(3)[skewed]),
    case("a label that never occurs", ["a", "b", "never"], [0, 1, 1, 0, 1, 0], random.normal(0, 1, (6, 3)) - [0, 0, 9]),
    case("always the same answer", ["a", "b", "c"], [0, 1, 2, 0, 1], np.tile([[2.0, 1.0, 0.5]], (5, 1))),
    case("all right", ["a", "b"], [0, 1, 1], [[3, -1], [-2, 2], [0, 0.5]]),
]
print(json.dumps(cases, indent=None).replace('{"name"', '\n{"name"'))
