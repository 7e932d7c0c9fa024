using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Tool.Setup;
using FineTune.Tool.Terminal;
using FineTune.Training.Native;

namespace FineTune.Tool.Commands;

/// <summary><c>setup [--cuda]</c>: brings libtorch, which training needs, through NuGet.</summary>
internal static class SetupCommand
{
    public static ToolCommand Create()
    {
        var cuda = new Option<bool>("--cuda") { Description = "Bring the build for NVIDIA graphics cards (several gigabytes) instead of the one for processors." };
        var syntax = new Command("setup", "Bring libtorch, which training needs, through NuGet.") { cuda };
        return new(syntax, (arguments, output, cancellation) =>
        {
            var forCuda = arguments.GetValue(cuda);
            output.Console.Error.WriteLine($"restoring libtorch {NativeLocations.LibTorchVersion}{(forCuda ? " for CUDA" : "")}; this downloads {(forCuda ? "several gigabytes" : "some hundred megabytes")}");
            var directory = LibTorchSetup.Run(forCuda, cancellation);
            output.Say($"libtorch {NativeLocations.LibTorchVersion} is in {directory}");
            output.Say(forCuda ? $"use it with --libtorch, or set {NativeLocations.LibTorchVariable}={directory}" : "training finds it there; 'dotnet finetune doctor' checks it");
            output.Write(new JsonObject { ["version"] = NativeLocations.LibTorchVersion, ["directory"] = directory, ["cuda"] = forCuda });
            return ExitCode.Done;
        });
    }
}
