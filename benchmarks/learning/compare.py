"""Fine-tunes the same models on the same rows with FineTune.Build and with transformers' Trainer, and prints their test scores as a table. See README.md."""
import argparse, json, os, pathlib, shlex, statistics, subprocess, sys, tempfile, time

# Epochs, batch size and learning rate suit a small BERT (4 layers of 192), which needs a higher rate than large ones.
DATA_SETS = {
    "sst2-kim": dict(epochs=2, batch_size=32, learning_rate=5e-4, max_length=128),
    "trec": dict(epochs=4, batch_size=32, learning_rate=5e-4, max_length=128),
    "banking77": dict(epochs=2, batch_size=32, learning_rate=1e-3, max_length=128),
    "sst5-kim": dict(epochs=1, batch_size=32, learning_rate=5e-4, max_length=128),
    "clinc150": dict(epochs=2, batch_size=32, learning_rate=1e-3, max_length=128),
    "snips-intents": dict(folder="snips", epochs=1, batch_size=32, learning_rate=5e-4, max_length=128),
    "snips-slots": dict(folder="snips", task="TokenClassification", epochs=2, batch_size=32, learning_rate=1e-3, max_length=128),
    "wnut17": dict(task="TokenClassification", epochs=6, batch_size=16, learning_rate=5e-4, max_length=128),
}

parser = argparse.ArgumentParser(description=__doc__, epilog="The environment variable PYTHON is the command that runs Python with torch and transformers; by default this Python.")
parser.add_argument("--tool", required=True, help="dotnet-finetune.dll, built in Release")
parser.add_argument("--base-model", required=True, help="folder of a BERT in Hugging Face layout")
parser.add_argument("--data", type=pathlib.Path, required=True, help=f"folder with the data sets' folders: {', '.join(DATA_SETS)}")
parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("artifacts/learning"), help="receives prepared data, models and results.json")
parser.add_argument("--data-sets", nargs="+", choices=DATA_SETS, default=list(DATA_SETS))
parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
parser.add_argument("--sampling", choices=["random", "group_by_length"], default="random", help="how Trainer orders the rows; ours are in random order")
parser.add_argument("--epochs", type=int, help="instead of each data set's own, to try the scripts")
parser.add_argument("--rows", type=int, help="so many rows of each file at most, to try the scripts")
arguments = parser.parse_args()
scripts = pathlib.Path(__file__).parent
python = shlex.split(os.environ.get("PYTHON", sys.executable))


def call(command, environment=None):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, env=os.environ | (environment or {}), text=True)
    if done.returncode != 0:
        sys.exit(f"{shlex.join(map(str, command))} ended with {done.returncode}")
    return done.stdout


def options(settings, seed):
    return [text for name, value in (settings | dict(seed=seed)).items() if name != "folder" for text in (f"--{name.replace('_', '-')}", value)]


def metric(settings):
    return "f1" if settings["task"] == "TokenClassification" else "accuracy"


def train_with_ours(folder, settings, seed):
    with tempfile.TemporaryDirectory() as cache:
        output = json.loads(call(
            ["dotnet", arguments.tool, "train", "--base-model", folder / "model", "--train-data", folder / "train.jsonl", "--validation-data", folder / "validation.jsonl",
             "--test-data", folder / "test.jsonl", *options(settings, seed), "--scheduler", "Linear", "--warmup-steps", 0.1, "--weight-decay", 0.01, "--max-gradient-norm", 1,
             "--best-metric", metric(settings), "--device", "Cpu", "--force", "--json"],
            {"FINETUNE_CACHE_DIRECTORY": cache}))
    assert output["evaluatedOn"] == "test"
    return dict(score=output["metrics"][metric(settings)], steps=output["training"]["steps"], seconds=output["training"]["seconds"])


def train_with_trainer(folder, settings, seed):
    return json.loads(call([*python, scripts / "trainer.py", folder, *options(settings, seed), "--sampling", arguments.sampling]).splitlines()[-1])


def run(data_set, seed):
    settings = dict(task="TextClassification") | DATA_SETS[data_set] | (dict(epochs=arguments.epochs) if arguments.epochs else {})
    folder = arguments.work / f"{data_set}-{seed}"
    call([*python, scripts / "prepare.py", arguments.data / settings.get("folder", data_set), arguments.base_model, folder, "--task", settings["task"], "--seed", seed, *(["--rows", arguments.rows] if arguments.rows else [])])
    result = dict(dataSet=data_set, seed=seed, ours=train_with_ours(folder, settings, seed), trainer=train_with_trainer(folder, settings, seed))
    print(json.dumps(result), file=sys.stderr, flush=True)
    assert result["ours"]["steps"] == result["trainer"]["steps"]
    return result


def verdict(difference, error):
    if abs(difference) <= error:
        return "within one standard error"
    return f"{abs(difference) / error:.1f} standard errors" if error > 0 else "differs without any spread"


def row(data_set, results):
    ours, trainer = ([100 * result[side]["score"] for result in results if result["dataSet"] == data_set] for side in ("ours", "trainer"))
    difference = statistics.mean(ours) - statistics.mean(trainer)
    error = ((statistics.variance(ours) + statistics.variance(trainer)) / len(ours)) ** 0.5
    spread = [f"{statistics.mean(values):.2f} ± {statistics.stdev(values):.2f}" for values in (ours, trainer)]
    return f"| {data_set} | {spread[0]} | {spread[1]} | {difference:+.2f} | {error:.2f} | {verdict(difference, error)} |"


if len(arguments.seeds) < 2:
    parser.error("a standard deviation needs two seeds at least")
start = time.monotonic()
arguments.work.mkdir(parents=True, exist_ok=True)
finished = arguments.work / "results.json"
results = json.loads(finished.read_text()) if finished.exists() else []  # an interrupted comparison goes on
for data_set in arguments.data_sets:
    for seed in arguments.seeds:
        if any((result["dataSet"], result["seed"]) == (data_set, seed) for result in results):
            continue
        results.append(run(data_set, seed))
        finished.write_text(json.dumps(results, indent=2) + "\n")
print(f"Test accuracy, or F1 of entities, in percent, {len(arguments.seeds)} seeds, mean ± standard deviation; {(time.monotonic() - start) / 60:.0f} minutes.\n")
print("| data set | FineTune.Build | Trainer | difference | its standard error | verdict |\n|---|---|---|---|---|---|")
for data_set in arguments.data_sets:
    print(row(data_set, results))
