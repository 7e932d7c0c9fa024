"""Makes the random BERT and the rows of this folder. See README.md."""
import json, random, torch
from transformers import BertConfig, BertForSequenceClassification

words = """the a parcel arrived late broken again please refund me my order is missing and nobody answers great service
thank you very much where can i change address password works fine app crashes on start price too high low good bad
never always yesterday today tomorrow ##s ##ed ##ing ##ly . , ! ? who what when""".split()
vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + words
open("vocab.txt", "w").write("\n".join(vocabulary) + "\n")
json.dump({"do_lower_case": True, "tokenizer_class": "BertTokenizer", "model_max_length": 40}, open("tokenizer_config.json", "w"), indent=2)

torch.manual_seed(1)
config = BertConfig(vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=3, num_attention_heads=2, intermediate_size=32,
                    max_position_embeddings=40, initializer_range=0.3, id2label={0: "delivery", 1: "praise", 2: "question"}, label2id={"delivery": 0, "praise": 1, "question": 2})
model = BertForSequenceClassification(config)
with torch.no_grad():  # random biases and normalization weights too, so that none can be forgotten
    for name, parameter in model.named_parameters():
        if parameter.ndim == 1:
            parameter.add_(torch.randn_like(parameter) * 0.1)
model.save_pretrained(".")

random.seed(1)
plain = [w for w in words if not w.startswith("##") and w.isalpha()]
topics = {"delivery": "parcel arrived late broken missing order refund".split(), "praise": "great thank good service fine works much".split(), "question": "where who what when can change ?".split()}
with open("rows.jsonl", "w") as rows:
    for _ in range(240):
        label = random.choice(list(topics))
        text = " ".join(random.choice(topics[label] if random.random() < 0.5 else plain) for _ in range(random.randint(2, 18)))
        rows.write(json.dumps({"text": text, "label": label}) + "\n")
with open("texts.txt", "w") as texts:
    for _ in range(8):
        texts.write(" ".join(random.choice(plain) for _ in range(random.randint(1, 30))) + "\n")
