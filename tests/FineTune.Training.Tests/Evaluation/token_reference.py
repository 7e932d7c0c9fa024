"""Writes token-reference.json with the original conlleval.pl and with seqeval, neither of which is part of this project:
python3 token_reference.py CONLLEVAL_PL FOLDER_WITH_SEQEVAL > token-reference.json"""
import json
import re
import subprocess
import sys
import tempfile
import numpy as np

sys.path.insert(0, sys.argv[2])
from seqeval.metrics import f1_score, precision_score, recall_score
from seqeval.scheme import IOB2

# All digits instead of two.
program = tempfile.NamedTemporaryFile("w", suffix=".pl")
program.write(re.sub(r"%6\.2f", "%.17g", open(sys.argv[1], encoding="latin-1").read()))
program.flush()


def conlleval(expected, predicted):
    lines = "\n\n".join("\n".join(f"word {gold} {guess}" for gold, guess in zip(*text)) for text in zip(expected, predicted))
    output = subprocess.run(["perl", program.name], input=lines + "\n", capture_output=True, text=True, check=True).stdout
    numbers = dict(accuracy=float(re.search(r"accuracy: +([-\d.e]+)%", output).group(1)) / 100)
    for line in output.splitlines():
        scores = dict(re.findall(r"(precision|recall|FB1): +([-+\d.e]+)", line))
        kind = "" if line.startswith("accuracy") else f"[{line.split(':')[0].strip()}]"
        numbers |= {f"{metric.replace('FB1', 'f1')}{kind}": float(value) / 100 for metric, value in scores.items()}
    return numbers


def case(name, types, expected, predicted):
    tags = ["O"] + [f"{prefix}-{kind}" for kind in types for prefix in "BI"]
    whole = [guess + ["O"] * (len(gold) - len(guess)) for gold, guess in zip(expected, predicted)]
    metrics = conlleval(expected, whole)
    for metric, function in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
        assert abs(function(expected, whole, zero_division=0) - metrics[metric]) < 1e-9, name
        metrics[f"{metric}.macro"] = function(expected, whole, average="macro", zero_division=0)
        metrics[f"{metric}.strict"] = function(expected, whole, mode="strict", scheme=IOB2, zero_division=0)
        for kind in types:
            # conlleval does not print a type that occurs on neither side.
            metrics.setdefault(f"{metric}[{kind}]", 0.0)
    index = {tag: number for number, tag in enumerate(tags)}
    return {"name": name, "tags": tags, "expected": [[index[tag] for tag in text] for text in expected], "predicted": [[index[tag] for tag in text] for text in predicted],
            "metrics": {key: float(value) for key, value in metrics.items()}}


random = np.random.default_rng(3)


def anything(types, lengths, outside=0.3):
    tags = [f"{prefix}-{kind}" for kind in types for prefix in "BI"]
    return [["O" if random.random() < outside else str(random.choice(tags)) for _ in range(length)] for length in lengths]


def valid(types, lengths):
    texts = []
    for length in lengths:
        text = []
        while len(text) < length:
            if random.random() < 0.5:
                text.append("O")
            else:
                kind = str(random.choice(types))
                text += [f"B-{kind}"] + [f"I-{kind}"] * int(random.integers(0, 4))
        texts.append(text[:length])
    return texts


def altered(texts, types, rate):
    tags = ["O"] + [f"{prefix}-{kind}" for kind in types for prefix in "BI"]
    return [[str(random.choice(tags)) if random.random() < rate else tag for tag in text] for text in texts]


two, four, six = ["PER", "LOC"], ["PER", "LOC", "ORG", "MISC"], ["person", "creative-work", "group", "product", "location", "corporation"]
lengths = random.integers(1, 30, 40)
gold = valid(four, lengths)
cases = [
    case("all right", two, valid_two := valid(two, [8, 3, 12]), valid_two),
    case("mostly right", four, gold, altered(gold, four, 0.1)),
    case("half right", six, gold_six := valid(six, lengths), altered(gold_six, six, 0.5)),
    case("answers cut off", four, gold, [text[:len(text) * 2 // 3] for text in altered(gold, four, 0.05)]),
    case("answers that begin with I", two, valid(two, lengths), anything(two, lengths)),
    case("any tags on both sides", four, anything(four, lengths), anything(four, lengths)),
    case("few words outside", two, anything(two, lengths, 0.02), anything(two, lengths, 0.02)),
    case("a type that is never answered", two, [["B-PER", "O", "B-LOC"], ["B-LOC", "I-LOC"]], [["B-PER", "O", "O"], ["O", "O"]]),
    case("a type that never occurs", four, [["B-PER", "O", "B-LOC"]], [["B-PER", "I-PER", "B-LOC"]]),
    case("nothing is answered", two, [["B-PER", "I-PER"], ["B-LOC"]], [["O", "O"], ["O"]]),
    case("an entity at every border of a text", two, [["I-PER"], ["I-PER"], ["B-PER"], ["I-PER", "O"]], [["I-PER"], ["B-PER"], ["I-PER"], ["I-PER", "I-PER"]]),
    case("types change inside", two, [["B-PER", "I-LOC", "I-PER", "B-PER"]], [["B-PER", "I-LOC", "I-PER", "I-PER"]]),
    case("neighbours of one type", two, [["B-PER", "B-PER", "I-PER"], ["B-LOC", "I-LOC", "B-LOC"]], [["B-PER", "I-PER", "I-PER"], ["B-LOC", "I-LOC", "I-LOC"]]),
]
cases += [case(f"random {number}", four, altered(texts := valid(four, random.integers(1, 12, 10)), four, random.random() * 0.4), altered(texts, four, random.random() * 0.6)) for number in range(12)]
print(json.dumps(cases, indent=None).replace('{"name"', '\n{"name"'))
