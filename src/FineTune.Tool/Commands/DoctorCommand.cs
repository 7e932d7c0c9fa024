using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Tool.Terminal;
using FineTune.Training.Native;
using TorchSharp;

namespace FineTune.Tool.Commands;

/// <summary><c>doctor</c>: what this machine has for training, what is missing, and how to get it.</summary>
internal static class DoctorCommand
{
    private const long ScarceMemory = 2L << 30;

    public static ToolCommand Create()
    {
        var libTorch = new Option<string>("--libtorch") { Description = "The libtorch folder to check. [default: FINETUNE_LIBTORCH, else the known places]", HelpName = "DIR" };
        var store = StoreOption.Create();
        var syntax = new Command("doctor", "Check what this machine has for training, and say how to get what is missing.") { libTorch, store };
        return new(syntax, (arguments, output, _) =>
        {
            var findings = Examine(arguments.GetValue(libTorch), StoreOption.Locate(arguments.GetValue(store)));
            Show(findings, output);
            return findings.Exists(finding => finding.Problem is not null) ? ExitCode.Failed : ExitCode.Done;
        });
    }

    private static List<Finding> Examine(string? libTorchDirectory, string storeDirectory) =>
    [
        new("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}, .NET {Environment.Version}"),
        new("processor", $"{Environment.ProcessorCount} cores, {CpuFeatures()}"),
        Memory(),
        .. LibTorchFindings(libTorchDirectory),
        BaseModel(),
        Store(storeDirectory),
    ];

    private static void Show(List<Finding> findings, CommandOutput output)
    {
        foreach (var finding in findings)
        {
            output.Say($"{finding.Name}: {finding.Value}");
            if (finding.Advice is { } advice)
            {
                output.Say($"    {advice}");
            }
        }

        foreach (var problem in findings.Select(finding => finding.Problem).OfType<Diagnostic>())
        {
            output.Report(problem);
        }

        output.Write(new JsonObject
        {
            ["healthy"] = findings.TrueForAll(finding => finding.Problem is null),
            ["checks"] = new JsonArray([.. findings.Select(finding => new JsonObject
            {
                ["name"] = finding.Name,
                ["value"] = finding.Value,
                ["advice"] = finding.Advice,
                ["code"] = finding.Problem?.Code,
            })]),
        });
    }

    private static Finding Memory()
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new("memory", Gigabytes(available), Advice: available < ScarceMemory ? "Training of larger models may not fit; a smaller BatchSize or MaxLength needs less." : null);
    }

    private static IEnumerable<Finding> LibTorchFindings(string? directory)
    {
        LibTorchInstallation installation;
        try
        {
            installation = LibTorch.Load(directory);
        }
        catch (FineTuneException exception)
        {
            return [new("libtorch", "not usable", Problem: exception.Diagnostics[0])];
        }

        var version = $"{installation.Version.ToString(3)} in {installation.Directory} ({installation.FoundBy}), {installation.CpuCapability} kernels{(installation.MklUsesAvx512 ? " (MKL's too)" : "")}, {installation.Threads} threads";
        var cuda = torch.cuda.is_available();
        return
        [
            new("libtorch", version, Advice: installation.UsesCompatibilityCopy ? $"The system's C++ library is older than TorchSharp's; a copy that works with it is used: {installation.BindingFile}" : null),
            new("device", cuda ? $"cuda, {torch.cuda.device_count()} devices" : "cpu", Advice: cuda ? null : "Training runs on the processor. With an NVIDIA graphics card, 'dotnet finetune setup --cuda' brings the libtorch for it."),
        ];
    }

    private static Finding BaseModel()
    {
        try
        {
            return new("base model", BaseModelFolder.Resolve(BaseModelFolder.BuiltInPrefix + "tiny", BaseModels.BuiltinDirectory));
        }
        catch (FineTuneException exception)
        {
            return new("base model", "builtin:tiny is missing", Problem: exception.Diagnostics[0]);
        }
    }

    private static Finding Store(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return new("store", $"{directory}, empty");
        }

        var bytes = new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        return new("store", $"{directory}, {Gigabytes(bytes)}");
    }

    private static string CpuFeatures()
    {
        var features = new (string Name, bool Has)[]
        {
            ("AVX2", Avx2.IsSupported),
            ("AVX-512", Avx512F.IsSupported),
            ("NEON", System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported),
        };
        var names = features.Where(feature => feature.Has).Select(feature => feature.Name).ToList();
        return names is [] ? "no vector instructions that libtorch uses" : string.Join(", ", names);
    }

    private static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB");

    private sealed record Finding(string Name, string Value, string? Advice = null, Diagnostic? Problem = null);
}
