"""Trains a random BERT with a loop as a good engineer writes it, in turns: one product for query, key and value, fused attention, batches of rows of similar length, fused AdamW. See README.md."""
import random, torch
from torch import nn
from torch.nn import functional
import turns

arguments = turns.parse(__doc__)
torch.manual_seed(1)
DROPOUT = 0.1


class Layer(nn.Module):
    def __init__(self, hidden, intermediate):
        super().__init__()
        self.attention, self.projection, self.attention_norm = nn.Linear(hidden, 3 * hidden), nn.Linear(hidden, hidden), nn.LayerNorm(hidden, eps=1e-12)
        self.inner, self.outer, self.output_norm = nn.Linear(hidden, intermediate), nn.Linear(intermediate, hidden), nn.LayerNorm(hidden, eps=1e-12)

    def forward(self, hidden, mask):
        rows, tokens, width = hidden.shape
        query, key, value = self.attention(hidden).view(rows, tokens, 3, arguments.heads, -1).permute(2, 0, 3, 1, 4)
        context = functional.scaled_dot_product_attention(query, key, value, mask, dropout_p=DROPOUT if self.training else 0.0).transpose(1, 2).reshape(rows, tokens, width)
        hidden = self.attention_norm(hidden + functional.dropout(self.projection(context), DROPOUT, self.training))
        return self.output_norm(hidden + functional.dropout(self.outer(functional.gelu(self.inner(hidden))), DROPOUT, self.training))


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        width = arguments.hidden
        self.embeddings = nn.ModuleDict(dict(words=nn.Embedding(arguments.vocabulary, width), positions=nn.Embedding(512, width), segments=nn.Embedding(2, width), norm=nn.LayerNorm(width, eps=1e-12)))
        self.layer = nn.ModuleList(Layer(width, arguments.intermediate) for _ in range(arguments.layers))
        self.pooler, self.classifier = nn.Linear(width, width), nn.Linear(width, 2)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, 0, 0.02)
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)

    def lower_layers(self, ids, mask):
        parts = self.embeddings
        hidden = functional.dropout(parts["norm"](parts["words"](ids) + parts["positions"].weight[: ids.shape[1]] + parts["segments"].weight[0]), DROPOUT, self.training)
        for layer in self.layer[:-1]:
            hidden = layer(hidden, mask)
        return hidden

    def forward(self, ids, mask):
        if arguments.mode == "frozen":
            self.eval()
            with torch.no_grad():
                hidden = self.lower_layers(ids, mask)
            self.train()
        else:
            hidden = self.lower_layers(ids, mask)
        hidden = self.layer[-1](hidden, mask)
        return self.classifier(functional.dropout(torch.tanh(self.pooler(hidden[:, 0])), DROPOUT, self.training))


def batches(rows):
    """Endless passes. Rows are sorted by length among the 16 batches' worth that chance put together, and the batches are shuffled."""
    while True:
        order = random.sample(range(len(rows)), len(rows))
        windows = [sorted(order[start:start + 16 * arguments.batch], key=lambda row: len(rows[row])) for start in range(0, len(order), 16 * arguments.batch)]
        groups = [window[start:start + arguments.batch] for window in windows for start in range(0, len(window), arguments.batch)]
        yield from random.sample(groups, len(groups))


def collate(rows):
    lengths = torch.tensor([len(row) for row in rows])
    longest = int(lengths.max())
    ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
    return ids, None if int(lengths.min()) == longest else (torch.arange(longest) < lengths[:, None])[:, None, None, :]


random.seed(1)
model = Bert()
if arguments.mode == "frozen":
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name.startswith((f"layer.{arguments.layers - 1}.", "pooler.", "classifier."))
input_ids, labels = turns.read(arguments.rows)
labels = torch.tensor(labels)
trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
optimizer = torch.optim.AdamW(turns.parameter_groups(model.named_parameters(), arguments.mode, arguments.layers, 5e-5, 0.01), fused=True)
turn = turns.Turns()
model.train()
if turn.begin():
    for batch in batches(input_ids):
        ids, mask = collate([input_ids[row] for row in batch])
        with torch.autocast("cpu", torch.bfloat16, enabled=arguments.format == "bfloat16"):
            logits = model(ids, mask)
        loss = functional.cross_entropy(logits.float(), labels[batch])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0, foreach=True)
        optimizer.step()
        if not turn.step_done():
            break
