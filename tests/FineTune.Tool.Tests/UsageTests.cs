using System.Runtime.InteropServices;
using FineTune.Core.Specification;
using FineTune.Tool.Terminal;

namespace FineTune.Tool.Tests;

public sealed class UsageTests
{
    [Fact]
    public void Help_lists_every_command_but_the_worker()
    {
        var run = ToolRun.InProcess("--help");

        Assert.Equal(0, run.ExitCode);
        Assert.All(["train", "evaluate", "predict", "inspect", "explain", "doctor", "setup", "cache"], command => Assert.Contains($"  {command} ", run.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("worker", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_of_train_lists_every_option_of_a_plan()
    {
        var run = ToolRun.InProcess("train", "--help");

        Assert.All(PlanOptions.All, option => Assert.Contains(option.CommandLineName + " ", run.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("train --epoch 3", "did you mean '--epochs'?")]
    [InlineData("trian", "did you mean 'train'?")]
    [InlineData("", "a command is missing")]
    [InlineData("cache", "a command is missing: list, prune, push, verify")]
    [InlineData("cache prune --days -1", "--days takes a number from 0")]
    [InlineData("cache prune --max-age soon", "30d or 8w")]
    [InlineData("cache prune --max-size 10XB", "10GB or 10GiB")]
    [InlineData("cache prune --day 3", "'dotnet finetune cache prune --help'")]
    [InlineData("evaluate model", "--data")]
    [InlineData("predict", "MODEL")]
    [InlineData("train --spec a.json --project b.csproj", "exclude each other")]
    [InlineData("train --model Topic", "--project")]
    [InlineData("inspect builtin:tiny --strategy Slow", "Full, Frozen, LayerwiseDecay")]
    public void Wrong_usage_is_told_in_one_line_and_ends_with_2(string commandLine, string expected)
    {
        var run = ToolRun.InProcess(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.Error.Trim().Split('\n').Length);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void Wrong_usage_is_JSON_when_JSON_is_asked_for()
    {
        var run = ToolRun.InProcess("train", "--epoch", "3", "--json");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--epochs", (string)run.Json["errors"]![0]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mistake_of_a_specification_is_told_with_its_code()
    {
        var run = ToolRun.InProcess("train", "--epochs", "many", "--learning-rate", "-1", "--train-data", "absent.csv", "--json");

        Assert.Equal(1, run.ExitCode);
        var errors = run.Json["errors"]!.AsArray();
        Assert.True(errors.Count >= 2);
        Assert.All(errors, error => Assert.Matches("^FT[0-9]{4}$", (string)error!["code"]!));
        Assert.All(run.Error.Trim().Split('\n'), line => Assert.Matches(": error FT[0-9]{4}: ", line));
    }

    [Fact]
    public void A_mistake_in_a_specification_file_names_the_file()
    {
        var folder = Directory.CreateTempSubdirectory("finetune-spec-");
        try
        {
            var file = Path.Combine(folder.FullName, "spec.json");
            File.WriteAllText(file, """
                {
                  "name": "Tiny",
                  "epochz": 3
                }
                """);

            var run = ToolRun.InProcess("train", "--spec", file, "--json");

            Assert.Equal(1, run.ExitCode);
            Assert.EndsWith("spec.json", (string)run.Json["errors"]![0]!["file"]!, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_model_that_is_not_there_is_told_with_a_code()
    {
        var run = ToolRun.InProcess("predict", "no-such-folder", "text", "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("FT60", (string)run.Json["errors"]![0]!["code"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes. Error code 12 (Cannot allocate memory)")]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB")]
    public void Too_little_memory_is_no_mistake_of_the_program(string message)
        => Assert.Equal("FT3051", Assert.Single(ExceptionDiagnostics.Explain(new LibTorchException(message))).Code);

    private sealed class LibTorchException(string message) : ExternalException(message);
}
