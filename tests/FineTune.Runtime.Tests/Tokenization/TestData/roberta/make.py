"""Makes a small byte-level BPE tokenizer in RoBERTa's layout, and the ids that the tokenizers library gives for some texts. Run in this folder."""
import json
from tokenizers import AddedToken, ByteLevelBPETokenizer
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.processors import RobertaProcessing

LINES = ["The parcel arrived broken, twice.", "It's late: where is my order?", "I'd like my money back, please; they'll know.", "Größe 42 passt nicht.", "Thank you so much!!  Great   service."] * 8
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
trained = ByteLevelBPETokenizer()
trained.train_from_iterator(LINES, vocab_size=380, min_frequency=2, special_tokens=SPECIAL, show_progress=False)
trained.save_model(".")
json.dump({"model_type": "roberta"}, open("config.json", "w"))
reference = ByteLevelBPETokenizer("vocab.json", "merges.txt")
reference.add_special_tokens(SPECIAL[:4] + [AddedToken("<mask>", lstrip=True)])
reference._tokenizer.post_processor = RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
texts = ["", " ", "The parcel arrived.", " twice", "it's  42\n\tGröße", "👩‍🚀 ok 日本", "a <mask> b", "x</s>y <unk>", "they'll   know!?", "ﬁne café", "  two  blanks ", "\u00a0x"]
whole = [reference.encode(text) for text in texts]
reference.enable_truncation(5)
cut = [reference.encode(text).ids for text in texts]
reference.no_truncation()
reference._tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=True)
reference._tokenizer.post_processor = RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=True)
prefixed = [reference.encode(text) for text in texts]
lines = [
    {"text": text, "ids": one.ids, "offsets": one.offsets, "cut": ids, "prefixed": {"text": text, "ids": other.ids, "offsets": other.offsets}}
    for text, one, ids, other in zip(texts, whole, cut, prefixed)
]
open("ids.json", "w").write("[\n" + ",\n".join(json.dumps(line) for line in lines) + "\n]\n")
