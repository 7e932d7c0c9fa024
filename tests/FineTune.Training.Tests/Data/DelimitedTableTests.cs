using System.Text;
using FineTune.Core.Diagnostics;
using FsCheck;
using FsCheck.Xunit;

namespace FineTune.Training.Tests.Data;

public sealed class DelimitedTableTests : IDisposable
{
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Rows_have_their_real_lines_and_columns(string newline)
    {
        var file = folder.Write("train.csv", string.Join(newline, "label,text", "a,first", "b,\"two", "lines, one \"\"row\"\"\"", "", "\"a\",third", "b,fourth"));

        Assert.Equal(
            [("first", "a", "2,3"), ($"two{newline}lines, one \"row\"", "b", "3,3"), ("third", "a", "6,5"), ("fourth", "b", "7,3")],
            folder.Rows(file));
    }

    [Fact]
    public void A_byte_order_mark_is_skipped()
        => Assert.Equal([("x", "a", "2,1"), ("y", "b", "3,1")], folder.Rows(folder.Write("train.csv", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("text,label\nx,a\ny,b\n")])));

    [Fact]
    public void Text_is_kept_as_it_is_and_labels_are_trimmed()
    {
        Assert.Equal([("  x ", "a", "2,1"), ("#y", "b", "3,1")], folder.Rows(folder.Write("train.csv", "text,label\n  x , a\n#y,b\n")));
        Assert.Equal(["FT1020", "FT1022"], folder.Warnings.Select(warning => warning.Code));
    }

    [Fact]
    public void Quotes_in_tsv_are_ordinary_characters()
        => Assert.Equal(
            [("\" analyze that \" is one", "a", "2,1"), ("\"", "b", "3,1"), ("a,b\\", "a", "4,1")],
            folder.Rows(folder.Write("train.tsv", "text\tlabel\n\" analyze that \" is one\ta\n\"\tb\na,b\\\ta\n")));

    [Theory]
    [InlineData("text,label\nx,a\n\"never closed,b\ny,b\n", "train.csv(3,1): FT1008")]
    [InlineData("text,label\nx,a\n\"closed\" too early,b\ny,b\n", "train.csv(3,1): FT1008")]
    [InlineData("label,text\n\"a\n\",x\nb,\"y\"\"\" ,\n", "train.csv(4,3): FT1008")]
    [InlineData("\"text,label\nx,a\n", "train.csv(1,1): FT1008")]
    [InlineData("text,label\nx,a\ny\nz,b,c\n", "train.csv(3,1): FT1009", "train.csv(4,5): FT1009")]
    [InlineData("text,label,text\nx,a,b\n", "train.csv(1,12): FT1007")]
    [InlineData("text,label\n,a\n \t,b\nx,\ny,  \n", "train.csv(2,1): FT1005", "train.csv(3,1): FT1005", "train.csv(4,3): FT1006", "train.csv(5,3): FT1006")]
    [InlineData("", "train.csv: FT1012")]
    [InlineData("\n\r\n", "train.csv: FT1012")]
    [InlineData("text,label\n", "train.csv: FT1012")]
    public void Mistakes_are_found_at_their_places(string content, params string[] errors)
        => Assert.Equal(errors, folder.Errors("train.csv", content));

    [Theory]
    [InlineData("text,label\nx,a\ncaf\u00e9 \u00df,b\n", "train.csv(3,4): FT1010")]
    [InlineData("\u00e9text,label\n", "train.csv(1,1): FT1010")]
    [InlineData("text,label\nx\0,\u00e9\n", "train.csv(2,2): FT1010")]
    public void Bytes_that_are_not_utf8_are_found_at_their_places(string latin1, string error)
        => Assert.Equal([error], folder.Errors(DataFolder.Plan(folder.Write("train.csv", Encoding.Latin1.GetBytes(latin1)))));

    [Fact]
    public void A_wrong_byte_deep_in_a_large_file_has_its_line_and_column()
    {
        var content = new StringBuilder("text,label\n");
        for (var row = 0; row < 5000; row++)
        {
            content.Append("größte 中 text 😀,").Append(row % 2 == 0 ? 'a' : 'b').Append('\n');
        }

        byte[] bytes = [.. Encoding.UTF8.GetBytes(content.ToString()), .. "é😀"u8, 0xC3];

        Assert.Equal(["train.csv(5002,4): FT1010"], folder.Errors(DataFolder.Plan(folder.Write("train.csv", bytes))));
    }

    [Fact]
    public void Utf16_is_named()
    {
        Assert.Equal(["train.csv: FT1011"], folder.Errors(DataFolder.Plan(folder.Write("train.csv", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("text,label\n")]))));
        Assert.Equal(["train.csv: FT1011"], folder.Errors(DataFolder.Plan(folder.Write("train.csv", Encoding.BigEndianUnicode.GetBytes("text,label\n")))));
    }

    [Fact]
    public void A_missing_file_and_an_unknown_format_are_reported_together()
    {
        var plan = DataFolder.Plan(new("none.csv", Path.Combine(Path.GetTempPath(), "finetune-none", "none.csv")), folder.Write("data.xlsx", "x"));

        Assert.Equal(["none.csv: FT1001", "data.xlsx: FT1002"], folder.Errors(plan));
    }

    [Fact]
    public void A_folder_is_not_a_data_file()
        => Assert.Equal(["data.csv: FT1027"], folder.Errors(DataFolder.Plan(folder.MakeFolder("data.csv"))));

    [Fact]
    public void Reading_ends_after_twenty_errors()
        => Assert.Equal(20, folder.Errors("train.csv", "text,label\n" + string.Concat(Enumerable.Repeat(",a\n", 50))).Length);

    [Property(MaxTest = 100)]
    public void Any_text_survives_csv((NonNull<string> Text, bool Label)[] rows, bool windows)
    {
        var newline = windows ? "\r\n" : "\n";
        var content = new StringBuilder("text,label").Append(newline);
        var line = 2;
        var expected = new List<(string, string, string)>();
        foreach (var (any, label) in (rows ?? []).Append((NonNull<string>.NewNonNull("x"), true)).Append((NonNull<string>.NewNonNull("y"), false)))
        {
            // Lone surrogates have no UTF-8 form, NUL is refused; a lone carriage return within quotes is a line end to editors, and is one here.
            var text = "t" + Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(any.Get.Replace("\0", "")));
            content.Append('"').Append(text.Replace("\"", "\"\"")).Append("\",").Append(label).Append(newline);
            expected.Add((text, label.ToString(), $"{line},1"));
            line += 1 + text.Replace("\r\n", "\n").Count(character => character is '\n' or '\r');
        }

        Assert.Equal(expected, folder.Rows(folder.Write("any.csv", content.ToString())));
    }

    [Property(MaxTest = 300)]
    public void Any_bytes_give_rows_or_errors_with_codes(byte[] bytes)
    {
        foreach (var name in new[] { "any.csv", "any.tsv", "any.json", "any.jsonl" })
        {
            const string characters = "\"\\,\n\r\tab:{}[]1";
            byte[] content = [.. name.EndsWith('v') ? "a,b\n"u8 : "[{\"a\":1,"u8, .. (bytes ?? []).Select(value => (byte)characters[value % characters.Length])];
            try
            {
                folder.Read(DataFolder.Plan(folder.Write(name, content)));
            }
            catch (FineTuneException exception)
            {
                Assert.All(exception.Diagnostics, error => Assert.StartsWith("FT10", error.Code));
            }
        }
    }
}
