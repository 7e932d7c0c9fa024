using System.Diagnostics;
using System.Text.Json;
using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Benchmarks.Peers;

/// <summary>A script of <c>benchmarks/speed</c>, which trains in turns.</summary>
internal sealed class PythonTraining : IContestant
{
    private readonly Process process;

    public PythonTraining(string name, PeersOptions options, string script, EncoderConfig config, string rowsFile, string mode, string format, params string[] more)
    {
        Name = name;
        string[] arguments =
        [
            .. options.Python.Skip(1), $"benchmarks/speed/{script}", rowsFile,
            "--vocabulary", $"{config.VocabularySize}", "--layers", $"{config.LayerCount}", "--hidden", $"{config.HiddenSize}", "--heads", $"{config.HeadCount}", "--intermediate", $"{config.IntermediateSize}",
            "--batch", $"{SpeedRows.BatchSize}", "--threads", $"{get_num_threads()}", "--mode", mode, "--format", format, .. more,
        ];
        process = Process.Start(new ProcessStartInfo(options.Python[0], arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public double Train(int steps)
    {
        process.StandardInput.WriteLine(steps);
        process.StandardInput.Flush();
        var answer = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"'{Name}' ended; what it said stands above.");
        return JsonDocument.Parse(answer).RootElement.GetProperty("seconds").GetDouble();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The end of its input ends it.
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
