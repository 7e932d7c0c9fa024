namespace FineTune.Training.Tests.Data;

public sealed class JsonTableTests : IDisposable
{
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Json_is_an_array_of_objects()
        => Assert.Equal(
            [("x", "1", "2,13"), ("yö", "true", "5,11")],
            folder.Rows(folder.Write("train.json", """
                [
                  { "text": "x", "label": 1, "more": [1, {"text": 2}] },
                  {"label": true,
                   "ö": 0,
                  "text": "y\u00f6"}
                ]
                """)));

    [Fact]
    public void Json_is_also_an_object_with_data()
        => Assert.Equal(
            [("x", "a", "1,44"), ("y", "b", "1,71")],
            folder.Rows(folder.Write("train.json", """{"version": {"data": [1]}, "data":[{"text":"x", "label":"a"}, {"text":"y", "label":"b"}], "end": 1}""")));

    [Fact]
    public void Json_lines_are_objects_in_lines()
        => Assert.Equal(
            [("x", "a", "1,10"), ("y", "0.5", "3,24")],
            folder.Rows(folder.Write("train.jsonl", "{\"text\": \"x\", \"label\": \"a\"}\r\n\r\n{\"label\": 0.5, \"text\": \"y\"}\r\n")));

    [Theory]
    [InlineData("[{\"text\":\"x\",\"label\":\"a\"},\n {\"text\":\"y\"}]", "train.json(2,2): FT1015")]
    [InlineData("[{\"text\":\"x\",\"label\":\"a\"},\n {\"text\":\"y\",\"label\":null},{\"text\":[1],\"label\":{}}]", "train.json(2,22): FT1016", "train.json(2,36): FT1016", "train.json(2,48): FT1016")]
    [InlineData("[{\"text\":\"x\",\"label\":\"a\"}, 5, [6], {\"text\":\"y\",\"text\":\"z\",\"label\":\"b\"}]", "train.json(1,28): FT1014", "train.json(1,31): FT1014", "train.json(1,55): FT1007")]
    [InlineData("[{\"text\":\"x\",\"label\":\"a\"},\n {\"text\":\"y\" \"label\":\"b\"}]", "train.json(2,14): FT1013")]
    [InlineData("[{\"text\":\"x\",\"label\":\"a\"}, {\"text\":\"\\ud800\",\"label\":\"b\"}]", "train.json(1,36): FT1013")]
    [InlineData("[{\"text\":\"x\",\"label\":\"a\"}", "train.json(1,26): FT1013")]
    [InlineData("[{\"text\":\"x\",\"label\":\"a\"}] x", "train.json(1,28): FT1013")]
    [InlineData("{\"rows\":[]}", "train.json(1,1): FT1014")]
    [InlineData("{\"text\":\"x\",\"label\":\"a\"}\n{\"text\":\"x\",\"label\":\"a\"}", "train.json(1,1): FT1014")]
    [InlineData("5", "train.json(1,1): FT1014")]
    [InlineData("[5]", "train.json(1,2): FT1014")]
    [InlineData("[]", "train.json(1,2): FT1012")]
    [InlineData(" \n", "train.json: FT1012")]
    public void Mistakes_in_json_are_found_at_their_places(string content, params string[] errors)
        => Assert.Equal(errors, folder.Errors("train.json", content));

    [Theory]
    [InlineData("{\"text\":\"x\",\"label\":\"a\"}\n\n{\"text\":\"y\"\n{\"text\":\"z\",\"label\":\"b\"} 7\n[1]\n{\"text\":\"\",\"label\":\"b\"}", "train.jsonl(3,12): FT1013", "train.jsonl(4,26): FT1013", "train.jsonl(5,1): FT1014", "train.jsonl(6,9): FT1005")]
    [InlineData("[{\"text\":\"x\",\"label\":\"a\"}]", "train.jsonl(1,1): FT1014")]
    [InlineData("text,label", "train.jsonl(1,2): FT1013")]
    [InlineData("\n\n", "train.jsonl: FT1012")]
    public void Every_broken_line_of_json_lines_is_found(string content, params string[] errors)
        => Assert.Equal(errors, folder.Errors("train.jsonl", content));
}
