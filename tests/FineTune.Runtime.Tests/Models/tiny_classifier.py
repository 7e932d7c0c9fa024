"""Writes tiny-classifier.onnx: the mean of the token embeddings, times a matrix; small enough to be checked by hand.

usage: python3 tiny_classifier.py       (needs the Python packages numpy and onnx)

The vocabulary has 12 tokens; logits[label] = mean over the tokens of TABLE[id] @ HEAD, padding left out.
tiny-classifier-types.onnx also declares token_type_ids, which has no part in the result.
tiny-classifier-unnamed.onnx names its output differently.
"""
import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

TABLE = numpy.array([[(3 * row + 5 * column) % 7 - 3 for column in range(4)] for row in range(12)], numpy.float32)
HEAD = numpy.array([[1.0, -0.5, 0.25], [-1.0, 0.5, 0.0], [0.5, 0.5, -1.0], [0.0, -0.25, 0.75]], numpy.float32)

NODES = [
    helper.make_node("Gather", ["table", "input_ids"], ["embedded"]),                       # [batch, tokens, 4]
    helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),           # [batch, tokens]
    helper.make_node("Unsqueeze", ["mask", "last"], ["weights"]),                           # [batch, tokens, 1]
    helper.make_node("Mul", ["embedded", "weights"], ["kept"]),
    helper.make_node("ReduceSum", ["kept", "tokens"], ["total"], keepdims=0),               # [batch, 4]
    helper.make_node("ReduceSum", ["weights", "tokens"], ["count"], keepdims=0),            # [batch, 1]
    helper.make_node("Div", ["total", "count"], ["mean"]),
]


def write(path, inputs, output):
    values = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in inputs]
    graph = helper.make_graph(
        NODES + [helper.make_node("MatMul", ["mean", "head"], [output])], "tiny", values,
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", 3])],
        [numpy_helper.from_array(TABLE, "table"), numpy_helper.from_array(HEAD, "head"),
         numpy_helper.from_array(numpy.array([2], numpy.int64), "last"), numpy_helper.from_array(numpy.array([1], numpy.int64), "tokens")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


write("tiny-classifier.onnx", ["input_ids", "attention_mask"], "logits")
write("tiny-classifier-types.onnx", ["input_ids", "attention_mask", "token_type_ids"], "logits")
write("tiny-classifier-unnamed.onnx", ["input_ids", "attention_mask"], "output")
