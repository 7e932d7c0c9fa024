"""What both peers have in common: the model's shape and the rows from the command line, and training in turns, so that all that are compared do a few steps each before the first goes on."""
import argparse, json, pathlib, re, sys, time, torch


def parse(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("rows", help='JSON: {"inputIds": [[…], …], "labels": […]}')
    for name in ("vocabulary", "layers", "hidden", "heads", "intermediate", "batch", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--mode", choices=["full", "frozen", "llrd"], required=True, help="what is trained: all, the top layer and the head, or all with rates that fall by 0.9 from layer to layer")
    parser.add_argument("--format", choices=["float32", "bfloat16"], default="float32", help="of the matrix products, by autocast")
    parser.add_argument("--tokenizer", help="folder of a tokenizer, which pads the rows")
    parser.add_argument("--pad-to", type=int, help="fills every row up to so many tokens, instead of up to the longest of its batch")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    require_fast_products()
    return arguments


def require_fast_products():
    """Ends the comparison where torch multiplies with the reference BLAS, as Debian's does by default: that would measure this library and nothing else."""
    maps = pathlib.Path("/proc/self/maps")
    if "BLAS_INFO=generic" in torch.__config__.show() and maps.exists() and not re.search("openblas|blis|mkl_rt", maps.read_text()):
        sys.exit("this torch multiplies matrices with the reference BLAS; give it a fast one (on Debian: libopenblas0-openmp)")


def read(path):
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)
    return rows["inputIds"], rows["labels"]


class Turns:
    """Each line of standard input is a number of steps; the answer is how long they took, as JSON. The end of the input is the end of the training."""

    def __init__(self):
        self.left = 0

    def begin(self):
        """Waits for the next turn. False when there is none."""
        line = sys.stdin.readline()
        self.left = int(line) if line.strip() else 0
        self.start = time.perf_counter()
        return self.left > 0

    def step_done(self):
        """False when there is no step left to do."""
        self.left -= 1
        if self.left > 0:
            return True
        print(json.dumps(dict(seconds=time.perf_counter() - self.start)), flush=True)
        return self.begin()


def parameter_groups(named_parameters, mode, layers, rate, weight_decay):
    """Groups for AdamW: no decay of biases and normalization; with llrd the rate of the formula in docs/training.md."""
    groups = {}
    for name, parameter in named_parameters:
        if not parameter.requires_grad:
            continue
        factor = 1.0
        if mode == "llrd":
            parts = name.split(".")
            if "layer" in parts:
                factor = 0.9 ** (layers - int(parts[parts.index("layer") + 1]))
            elif "embeddings" in parts:
                factor = 0.9 ** (layers + 1)
        decay = weight_decay if parameter.dim() > 1 else 0.0
        groups.setdefault((factor, decay), dict(params=[], lr=rate * factor, weight_decay=decay))["params"].append(parameter)
    return list(groups.values())
